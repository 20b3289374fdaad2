import { currentLimit } from '@ganitagya/database';

/** How many milliseconds its sender will wait for the answer. A duration, not a time: clocks differ. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

const WHOLE_MS = /^\d{1,9}$/u;
/** What the way there and back, and our own end of the call, may take. */
const MARGIN_MS = 20;

/** What a caller asks for; undefined for none, or for what makes no sense: the service's own bound holds anyway. */
export function parseTimeout(header: string | readonly string[] | undefined): number | undefined {
  return typeof header === 'string' && WHOLE_MS.test(header) ? Number(header) : undefined;
}

/** The header of a call to another service that is given up after `timeoutMs`; none when it never is. */
export function timeoutHeader(timeoutMs: number): Readonly<Record<string, string>> {
  if (timeoutMs === Infinity) return {};
  return { [TIMEOUT_HEADER]: String(Math.max(0, Math.floor(timeoutMs - MARGIN_MS))) };
}

/** What is left of the request that the code that runs now belongs to; Infinity outside of one. */
export function remainingMs(): number {
  return currentLimit()?.remainingMs ?? Infinity;
}
