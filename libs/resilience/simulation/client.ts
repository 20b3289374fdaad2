import type { Random } from './random.ts';

/** How a client behaves when it isn't served. */
export interface Manners {
  /** Gives up waiting after so long. */
  readonly timeoutMs: number;
  readonly triesMax: number;
  /** Which share of its first tries it may repeat. */
  readonly budget: number;
  /** Waits as long as it was told; otherwise tries again almost at once. */
  readonly obeysRetryAfter: boolean;
}

/** As our own client behaves: a budget of 10 %, and it does as it is told. */
export const POLITE: Manners = { timeoutMs: 2_000, triesMax: 3, budget: 0.1, obeysRetryAfter: true };
/** Two more tries each, at once. */
export const RUDE: Manners = { timeoutMs: 2_000, triesMax: 3, budget: 2, obeysRetryAfter: false };

/** All clients' retries. */
export class Retries {
  readonly #manners: Manners;
  readonly #random: Random;
  #tokens = 0;

  constructor(manners: Manners, random: Random) {
    this.#manners = manners;
    this.#random = random;
  }

  firstTry(): void {
    this.#tokens = Math.min(this.#tokens + this.#manners.budget, 1_000);
  }

  /** When to try again; undefined for never. */
  pauseMs(tries: number, retryAfterMs: number): number | undefined {
    if (tries >= this.#manners.triesMax || this.#tokens < 1) return undefined;
    this.#tokens--;
    const pauseMs = this.#random.around(200);
    return this.#manners.obeysRetryAfter ? Math.max(pauseMs, retryAfterMs) : pauseMs;
  }
}
