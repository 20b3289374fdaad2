/** Milliseconds that only ever grow. */
export type Clock = () => number;

const SLOTS = 10;

/** How often something happened in the last `windowMs`, to a tenth of it; ten numbers, whatever the rate. */
export class RollingCount {
  readonly #counts = new Float64Array(SLOTS);
  readonly #slotMs: number;
  readonly #clock: Clock;
  #slot: number;
  #total = 0;

  constructor(windowMs: number, clock: Clock) {
    this.#slotMs = windowMs / SLOTS;
    this.#clock = clock;
    this.#slot = this.#currentSlot();
  }

  get total(): number {
    this.#forget();
    return this.#total;
  }

  add(): void {
    this.#forget();
    const index = this.#slot % SLOTS;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  #currentSlot(): number {
    return Math.floor(this.#clock() / this.#slotMs);
  }

  #forget(): void {
    const now = this.#currentSlot();
    for (let passed = Math.min(SLOTS, now - this.#slot); passed > 0; passed -= 1) {
      const index = (now - passed + 1) % SLOTS;
      this.#total -= this.#counts[index] ?? 0;
      this.#counts[index] = 0;
    }
    this.#slot = Math.max(this.#slot, now);
  }
}
