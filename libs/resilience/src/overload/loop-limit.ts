/** How many requests may be in work at once, so that turns of the event loop stay near `targetMs`. First version: AIMD. */
export class LoopLimit {
  readonly #min: number;
  readonly #max: number;
  readonly #targetMs: number;
  #limit: number;

  constructor(options: { initial: number; min: number; max: number; targetMs: number }) {
    this.#min = options.min;
    this.#max = options.max;
    this.#targetMs = options.targetMs;
    this.#limit = options.initial;
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** Once a window, with the mean turn and the most that were in work. */
  update(lateMs: number, inFlightMax: number): void {
    if (lateMs > this.#targetMs) {
      const used = Math.min(this.#limit, Math.max(inFlightMax, this.#min));
      this.#limit = used * Math.max(0.5, this.#targetMs / lateMs);
    } else if (inFlightMax > this.#limit / 2) {
      this.#limit += Math.max(1, this.#limit * 0.1);
    }
    this.#limit = Math.min(this.#max, Math.max(this.#min, this.#limit));
  }
}
