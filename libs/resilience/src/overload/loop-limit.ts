import type { LoopMeter } from './loop-meter.ts';

export interface LoopLimitOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/** How long what becomes ready may wait for the loop, on average: a loop that is never idle then has turns of 16 ms. */
const WAIT_AIM_MS = 8;
const GROWTH_PER_TURN = 0.25;
const GROWTH_PER_WINDOW = 0.2;
const SHRINK_MAX = 0.5;
/** A loop that is idle at times is late because of a burst or a long task, which a limit would not mend. */
const BUSY_SHARE = 0.8;

/**
 * How many requests may be in work at once, a slot being held at least to the end of the turn.
 *
 * In Node the queue in front of the processor is the loop itself, so its length is measured there and not guessed from
 * latencies: a request that waits for a database, a thread or a model is slow for reasons that fewer neighbours would not
 * change. While the loop is on time the limit makes room at once for whatever comes, a quarter more a turn; when it is
 * late, as many slots go as made it late. The aim is absolute, so there is no baseline that could drift upwards, and a
 * dependency that is ten times as slow changes nothing but the number in flight.
 */
export class LoopLimit {
  readonly #options: LoopLimitOptions;
  readonly #meter: LoopMeter;
  #limit: number;
  /** As far as it may grow in this turn. */
  #ceiling: number;

  constructor(options: LoopLimitOptions, meter: LoopMeter) {
    this.#options = options;
    this.#meter = meter;
    this.#limit = this.#ceiling = options.initial;
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** Makes room for one more than `used` at once, if the loop is on time. */
  grow(used: number): boolean {
    if (used + 1 > this.#ceiling) return false;
    this.#limit = used + 1;
    return true;
  }

  noteTurn(): void {
    const isOnTime = this.#meter.lastTurnMs <= 2 * WAIT_AIM_MS && this.#meter.waitMs <= WAIT_AIM_MS;
    const growth = isOnTime ? Math.max(1, this.#limit * GROWTH_PER_TURN) : 0;
    this.#ceiling = Math.min(this.#options.max, this.#limit + growth);
  }

  /**
   * So many take no more of the processor than the aim. A loop that is late all the same is held up by others: fewer
   * requests in a turn would not make it punctual, only poor.
   */
  get #worthwhile(): number {
    return Math.min(this.#limit, WAIT_AIM_MS / this.#meter.cpuCostMs);
  }

  /** Once a window, with the requests done per ms and the most slots that were in use. */
  update(donePerMs: number, usedMax: number): void {
    // Little's law: so many are in the loop's queue because of the time by which it is late.
    const surplus = donePerMs * (this.#meter.waitMs - WAIT_AIM_MS);
    if (surplus > 0 && this.#meter.busyShare > BUSY_SHARE) {
      const shrunk = Math.min(this.#limit, usedMax) - surplus;
      this.#limit = Math.max(shrunk, this.#limit * SHRINK_MAX, this.#worthwhile);
    } else if (usedMax >= this.value) {
      this.#limit += Math.max(1, -surplus * GROWTH_PER_WINDOW);
    }
    this.#limit = Math.min(this.#options.max, Math.max(this.#options.min, this.#limit));
    if (surplus > 0) this.#ceiling = this.#limit;
  }
}
