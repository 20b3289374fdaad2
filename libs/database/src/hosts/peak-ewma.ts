const DECAY_MS = 10_000;
/** A lower answer counts at least a tenth: one odd answer of a busy host is forgotten after a few dozen others. */
const KEPT_MAX = 0.9;

/** A moving mean of latencies that rises at once and falls slowly, so that a host that turns slow is avoided at once. */
export class PeakEwma {
  readonly #clock: () => number;
  readonly #decayMs: number;
  #value = 0;
  #atMs: number;

  constructor(clock: () => number = () => performance.now(), decayMs = DECAY_MS) {
    this.#clock = clock;
    this.#decayMs = decayMs;
    this.#atMs = clock();
  }

  /** The mean now; without news it sinks towards 0, so that an avoided host is tried again. */
  get value(): number {
    return this.#value * this.#weight();
  }

  observe(latencyMs: number): void {
    const kept = Math.min(this.#weight(), KEPT_MAX);
    // A peak counts whole, anything lower bit by bit.
    this.#value = latencyMs > this.#value ? latencyMs : this.#value * kept + latencyMs * (1 - kept);
    this.#atMs = this.#clock();
  }

  reset(): void {
    this.#value = 0;
  }

  #weight(): number {
    return Math.exp(-(this.#clock() - this.#atMs) / this.#decayMs);
  }
}
