const units: Record<string, number> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** The number that a quantity such as `250m` or `512Mi` stands for. */
export function quantity(value: string | number): number {
  const [, digits = '', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(String(value)) ?? [];
  const factor = units[unit];
  if (digits === '' || factor === undefined) throw new Error(`${value} is not a quantity this check reads`);
  return Number(digits) * factor;
}
