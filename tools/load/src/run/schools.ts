/** 127.20.0.1 and on: addresses of the machine itself that nothing else uses. */
const FIRST_ADDRESS = (127 << 24) | (20 << 16) | 1;

/** The source address of the nth user, from 0; `schoolSize` users share one. */
export function sourceAddress(user: number, schoolSize: number): string {
  const school = schoolSize === 0 ? 0 : Math.floor(user / schoolSize);
  const address = FIRST_ADDRESS + school;
  return [24, 16, 8, 0].map((shift) => (address >> shift) & 255).join('.');
}

/** Adds the source address to every line of the CSV file of users; the first line holds the names of the columns. */
export function withSourceAddresses(csv: string, schoolSize: number): string {
  const [header = '', ...users] = csv.split('\n').filter((line) => line !== '');
  return `${[`${header},sourceAddress`, ...users.map((line, user) => `${line},${sourceAddress(user, schoolSize)}`)].join('\n')}\n`;
}
