import { isTimedOut } from '@ganitagya/resilience';
import { ReplyError } from 'ioredis';

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  readonly onChange: (from: CircuitState, to: CircuitState) => void;
}

/** How long after a failure Redis is left alone before one call probes it. */
const OPEN_MS = 1_000;

/** So many stalls in a row, each of a whole budget and without any answer, are an outage. */
const STALLS_MAX = 3;

/**
 * Spares callers a Redis that is out. A refused or lost connection opens it at once, a time-out only as the third in
 * a row: calls that waited side by side for one late answer count once. An error as an answer proves Redis alive.
 */
export class Circuit {
  readonly #onChange: CircuitOptions['onChange'];
  #state: CircuitState = 'closed';
  #stalls = 0;
  #stalledAt = 0;
  #openedAt = 0;

  constructor({ onChange }: CircuitOptions) {
    this.#onChange = onChange;
  }

  /** May a call go out now? While half-open only the first one may. */
  admit(): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'half-open' || performance.now() < this.#openedAt + OPEN_MS) return false;
    this.#enter('half-open');
    return true;
  }

  succeeded(): void {
    this.#stalls = 0;
    if (this.#state !== 'closed') this.#enter('closed');
  }

  /** `startedAt`: when the call that failed went out, by performance.now(). */
  failed(error: unknown, startedAt: number): void {
    if (error instanceof ReplyError) {
      this.succeeded();
      return;
    }
    if (this.#state === 'open') return;
    if (this.#state === 'closed' && isTimeout(error)) {
      if (this.#stalls > 0 && startedAt < this.#stalledAt) return;
      this.#stalledAt = performance.now();
      if (++this.#stalls < STALLS_MAX) return;
    }
    this.#openedAt = performance.now();
    this.#enter('open');
  }

  #enter(to: CircuitState): void {
    const from = this.#state;
    this.#state = to;
    this.#stalls = 0;
    this.#onChange(from, to);
  }
}

/** Was the answer late, by our budget or by that of the connection? */
export function isTimeout(error: unknown): boolean {
  return isTimedOut(error) || (error instanceof Error && error.message === 'Command timed out');
}
