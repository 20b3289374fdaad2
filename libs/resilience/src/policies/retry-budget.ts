import { RollingCount, type Clock } from './rolling-count.ts';

export interface RetryBudgetOptions {
  /** Extra attempts for each call of the last ten seconds; 0.2. */
  readonly share?: number;
  /** Extra attempts in ten seconds that are always allowed, so that a quiet client may retry at all; 3. */
  readonly min?: number;
  readonly clock?: Clock;
}

const WINDOW_MS = 10_000;

/**
 * Bounds what retries and hedges together add to the load of a dependency: whatever fails, it is asked at most 1.2 times
 * as often (Finagle's RetryBudget, with its reserve as a minimum like Envoy's). Share one among all that ask the same.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #min: number;
  readonly #calls: RollingCount;
  readonly #extras: RollingCount;

  constructor({ share = 0.2, min = 3, clock = () => performance.now() }: RetryBudgetOptions = {}) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`share must be from 0 to 1, got ${share}`);
    if (!(Number.isInteger(min) && min >= 0)) throw new RangeError(`min must be a whole number, got ${min}`);
    this.#share = share;
    this.#min = min;
    this.#calls = new RollingCount(WINDOW_MS, clock);
    this.#extras = new RollingCount(WINDOW_MS, clock);
  }

  /** A call begins, its retries not counted. */
  noteCall(): void {
    this.#calls.add();
  }

  /** Takes one extra attempt; false when there is none left. */
  take(): boolean {
    if (this.left <= 0) return false;
    this.#extras.add();
    return true;
  }

  /** Counts an extra attempt that had to be made whatever the budget says. */
  overdraw(): void {
    this.#extras.add();
  }

  /** Extra attempts that would be allowed now. */
  get left(): number {
    const allowed = Math.max(this.#min, Math.floor(this.#calls.total * this.#share));
    return Math.max(0, allowed - this.#extras.total);
  }
}
