import type { SlowOptions } from './table.ts';

/** How many of the last `calls` calls were slow. */
export class SlowCalls {
  readonly #options: Required<SlowOptions>;
  readonly #wasSlow: Uint8Array;
  #next = 0;
  #seen = 0;
  #slow = 0;

  constructor(options: Required<SlowOptions>) {
    this.#options = options;
    this.#wasSlow = new Uint8Array(options.calls);
  }

  /** Notes a call; true when it was slow. */
  note(durationMs: number): boolean {
    const isSlow = durationMs > this.#options.overMs;
    this.#slow += Number(isSlow) - (this.#wasSlow[this.#next] ?? 0);
    this.#wasSlow[this.#next] = Number(isSlow);
    this.#next = (this.#next + 1) % this.#wasSlow.length;
    this.#seen = Math.min(this.#seen + 1, this.#wasSlow.length);
    return isSlow;
  }

  /** Whether too many were: never before the window is full. */
  get areTooMany(): boolean {
    return this.#seen === this.#wasSlow.length && this.#slow >= this.#options.share * this.#seen;
  }

  reset(): void {
    this.#wasSlow.fill(0);
    this.#next = 0;
    this.#seen = 0;
    this.#slow = 0;
  }
}
