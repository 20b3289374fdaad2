const STEP = 1.05;
const START_MS = 0.05;

/** How long a route usually takes: half of its answers took longer. One number that goes up or down with each answer. */
export class RoutePace {
  #medianMs = START_MS;

  get medianMs(): number {
    return this.#medianMs;
  }

  observe(durationMs: number): void {
    if (durationMs > this.#medianMs) this.#medianMs *= STEP;
    else if (this.#medianMs > START_MS) this.#medianMs /= STEP;
  }
}
