export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** A sequence of growing, jittered pauses. */
export interface Backoff {
  /** The next pause, in [baseMs, maxMs]. */
  next(): number;
  /** Starts over, as after a success. */
  reset(): void;
}

/** Decorrelated jitter: each pause is random between the base and three times the one before. */
export function backoff({ baseMs, maxMs }: BackoffOptions): Backoff {
  if (!(baseMs >= 0 && maxMs >= baseMs)) {
    throw new RangeError(`backoff needs 0 <= baseMs <= maxMs, got ${baseMs} and ${maxMs}`);
  }
  let previousMs = baseMs;
  return {
    next() {
      previousMs = Math.min(maxMs, baseMs + Math.random() * (previousMs * 3 - baseMs));
      return Math.round(previousMs);
    },
    reset() {
      previousMs = baseMs;
    },
  };
}
