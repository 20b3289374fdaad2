import { isTimedOut } from '@ganitagya/resilience';
import { ReplyError } from 'ioredis';

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  readonly onChange: (from: CircuitState, to: CircuitState) => void;
}

/** How long after a failure Redis is left alone before one call probes it. */
const OPEN_MS = 1_000;

/**
 * Spares callers a Redis that is out. A lost connection opens it, and so does an answer that is late by a whole budget: until
 * that answer comes after all, or another one to the call that probes. An error as an answer proves Redis alive.
 */
export class Circuit {
  readonly #onChange: CircuitOptions['onChange'];
  #state: CircuitState = 'closed';
  #answeredAt = -Infinity;
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

  /** Redis has answered, in time or not. */
  answered(): void {
    this.#answeredAt = performance.now();
    if (this.#state !== 'closed') this.#enter('closed');
  }

  /** `startedAt`: when the call that failed went out, by performance.now(). */
  failed(error: unknown, startedAt: number): void {
    if (error instanceof ReplyError) {
      this.answered();
      return;
    }
    // Answers to others since then tell more of Redis than this one that was lost.
    if (this.#state === 'open' || (isTimeout(error) && startedAt < this.#answeredAt)) return;
    this.#openedAt = performance.now();
    this.#enter('open');
  }

  #enter(to: CircuitState): void {
    const from = this.#state;
    this.#state = to;
    this.#onChange(from, to);
  }
}

/** Was the answer late, by our budget or by that of the connection? */
export function isTimeout(error: unknown): boolean {
  return isTimedOut(error) || (error instanceof Error && error.message === 'Command timed out');
}
