/** A position in the primary's write-ahead log: Postgres writes it `16/B374D848`; as a number it can be compared. */
export type WalPosition = bigint;

const FORMAT = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;

/** Whether a text is a position as Postgres writes it. */
export function isWalPosition(text: string): boolean {
  return FORMAT.test(text);
}

/** Reads a position; throws a `TypeError` for anything else. */
export function parseWalPosition(text: string): WalPosition {
  const [, high, low] = FORMAT.exec(text) ?? [];
  if (high === undefined || low === undefined)
    throw new TypeError(`not a WAL position: ${text.slice(0, 40)}`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** Writes a position as Postgres does. */
export function formatWalPosition(position: WalPosition): string {
  return `${(position >> 32n).toString(16)}/${(position & 0xffff_ffffn).toString(16)}`.toUpperCase();
}
