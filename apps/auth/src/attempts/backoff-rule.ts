const SECOND_MS = 1_000;

/** Failures that cost nothing but the try: everybody mistypes. */
export const FREE_FAILURES = 5;
const DELAY_MAX_MS = 900 * SECOND_MS;

/** A key without failures for this long starts afresh. */
export const BACKOFF_MEMORY_MS = 24 * 3_600 * SECOND_MS;

/** How long nothing may be tried after the nth failure in a row: nothing at first, then doubling up to 15 minutes. */
export function delayAfterMs(failures: number): number {
  return failures < FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES) * SECOND_MS, DELAY_MAX_MS);
}

/** The rule as a table for stores that cannot call it: the delay after 1, 2, 3 … failures; the last one goes on. */
export const BACKOFF_DELAYS_MS: readonly number[] = Array.from({ length: 16 }, (_, index) =>
  delayAfterMs(index + 1),
);
