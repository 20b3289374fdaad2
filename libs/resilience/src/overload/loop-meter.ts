/** Weight of a window in what is remembered of earlier ones. */
const WAIT_WEIGHT = 0.5;
const COST_WEIGHT = 0.1;
/** What is usual is remembered for about as long. */
const USUAL_MS = 1_000;

/** What the turns of the event loop tell: how long one waits for it, how busy it is, what a request costs it. */
export class LoopMeter {
  #squares = 0;
  #busyMs = 0;
  #lastTurnMs = 0;
  #waitMs = 0;
  #busyShare = 0;
  #usualBusyShare = 0;
  #costMs = 1;
  #cpuCostMs = 1;

  noteTurn(turnMs: number): void {
    this.#squares += turnMs * turnMs;
    this.#busyMs += turnMs;
    this.#lastTurnMs = turnMs;
  }

  /**
   * Ends a window of so many ms, in which so many requests were done. `cpuMs` is the processor time that the turns had:
   * less than they took where other programs share the processor, or a quota holds this one back.
   */
  close(elapsedMs: number, done: number, cpuMs = this.#busyMs): void {
    // Who becomes ready at any time meets a turn of t ms with probability t / elapsed, and waits half of it.
    const waitMs = this.#squares / (2 * elapsedMs);
    this.#waitMs += WAIT_WEIGHT * (waitMs - this.#waitMs);
    this.#busyShare = Math.min(1, this.#busyMs / elapsedMs);
    const weight = 1 - Math.exp(-elapsedMs / USUAL_MS);
    this.#usualBusyShare += weight * (this.#busyShare - this.#usualBusyShare);
    if (done > 0) {
      this.#costMs += COST_WEIGHT * (this.#busyMs / done - this.#costMs);
      this.#cpuCostMs += COST_WEIGHT * (cpuMs / done - this.#cpuCostMs);
    }
    this.#squares = this.#busyMs = 0;
  }

  get lastTurnMs(): number {
    return this.#lastTurnMs;
  }

  /** How long whatever becomes ready waits until the loop takes it up, on average over the last windows. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** 0 to 1, in the last window. */
  get busyShare(): number {
    return this.#busyShare;
  }

  /** The same over the last seconds: a loop that is near 1 has no time to catch up. */
  get usualBusyShare(): number {
    return this.#usualBusyShare;
  }

  /** Of one request, with its part of everything else that the loop does. */
  get costMs(): number {
    return this.#costMs;
  }

  /** The same in processor time. */
  get cpuCostMs(): number {
    return this.#cpuCostMs;
  }
}
