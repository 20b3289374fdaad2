/** How long some work may go on, wherever it leads: the time of a request, for one. */
export interface WorkLimit {
  /** What is left now: 0 when the work is to end, Infinity when nothing limits it (any more). */
  readonly remainingMs: number;
  /** Aborts when the time is up, or nobody waits for the result; asked for only when there is something to end. */
  readonly signal: AbortSignal;
  /** What to tell who would go on after the time. */
  error(cause?: unknown): Error;
}

/** Fewer digits: statements of many requests then need the same time, and most find it set. At most 1/16 less. */
const BITS_KEPT = 5;
/** So much sooner the server ends a statement by itself: to be asked to costs it a process. */
const SERVER_FIRST_MS = 25;

/** The server's time for a statement that begins now; undefined for the usual. Throws when there is none left. */
export function statementTime(
  limit: WorkLimit | undefined,
  timeoutMs: number | undefined,
): number | undefined {
  if (limit === undefined) return timeoutMs;
  const { remainingMs } = limit;
  if (remainingMs < 1) throw limit.error();
  if (remainingMs === Infinity) return timeoutMs;
  const forServerMs = Math.max(remainingMs / 2, remainingMs - SERVER_FIRST_MS);
  return Math.min(roundDown(forServerMs), timeoutMs ?? Infinity);
}

/** A signal that aborts with the first of two. */
export function joinSignals(
  one: AbortSignal | undefined,
  other: AbortSignal | undefined,
): AbortSignal | undefined {
  return one && other ? AbortSignal.any([one, other]) : (one ?? other);
}

function roundDown(ms: number): number {
  const whole = Math.max(1, Math.min(Math.floor(ms), 2 ** 31));
  const step = 2 ** Math.max(0, 32 - BITS_KEPT - Math.clz32(whole));
  return whole - (whole % step);
}
