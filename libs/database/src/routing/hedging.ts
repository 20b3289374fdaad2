import { RetryBudget } from '@ganitagya/resilience';

/** A read that is asked twice, in the view of the one who asks. */
export type Race<Result> = {
  /** Asks once; the signal ends it when it has lost. */
  readonly first: (signal: AbortSignal) => Promise<Result>;
  /** Asks once more, elsewhere; undefined when there is nobody else. */
  readonly second: () => ((signal: AbortSignal) => Promise<Result>) | undefined;
  readonly signal: AbortSignal | undefined;
};

const START_MS = 50;
const QUANTILE = 0.95;
const STEP_SHARE = 0.05;

/** The reason with which the slower of two is ended. */
export const LOST = new Error('another replica was faster');

/**
 * Asks a second time when the first answer takes longer than 19 of 20 lately did, and takes the first that comes. No more
 * than a share of the reads is asked twice, so that hosts which are slow because they are busy do not get busier; reads that
 * had to be tried elsewhere take from the same share.
 */
export class Hedging {
  readonly #budget: RetryBudget;
  #usualMs = START_MS;

  constructor(shareMax: number) {
    this.#budget = new RetryBudget({ share: shareMax });
  }

  /** After this long an answer is late. */
  get delayMs(): number {
    return this.#usualMs;
  }

  /** A read, marked or not, is tried elsewhere because its host failed: the hosts that are left have enough to do. */
  noteRetry(): void {
    this.#budget.overdraw();
  }

  async run<Result>({ first, second, signal }: Race<Result>): Promise<Result> {
    this.#budget.noteCall();
    const startMs = performance.now();
    const legs: AbortController[] = [];
    const start = (ask: (signal: AbortSignal) => Promise<Result>) => {
      const leg = new AbortController();
      legs.push(leg);
      return ask(signal ? AbortSignal.any([signal, leg.signal]) : leg.signal);
    };
    const asked = start(first);
    try {
      return await this.#withSecond(asked, () => {
        const ask = this.#budget.left > 0 ? second() : undefined;
        if (!ask) return undefined;
        this.#budget.take();
        return start(ask);
      });
    } finally {
      for (const leg of legs) leg.abort(LOST);
      this.#observe(performance.now() - startMs);
    }
  }

  async #withSecond<Result>(
    first: Promise<Result>,
    again: () => Promise<Result> | undefined,
  ): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), this.#usualMs);
    });
    try {
      const isLate = await Promise.race([first.then(() => false), late]);
      const second = isLate ? again() : undefined;
      return await (second ? firstSuccess(first, second) : first);
    } finally {
      clearTimeout(timer);
    }
  }

  #observe(durationMs: number): void {
    const share = durationMs > this.#usualMs ? QUANTILE : QUANTILE - 1;
    this.#usualMs = Math.max(1, this.#usualMs * (1 + STEP_SHARE * share));
  }
}

async function firstSuccess<Result>(first: Promise<Result>, second: Promise<Result>): Promise<Result> {
  try {
    return await Promise.any([first, second]);
  } catch {
    // Both failed: the first one's error is the one that a single question would have had.
    return first;
  }
}
