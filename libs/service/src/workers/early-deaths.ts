const WINDOW_MS = 60_000;
const TRIES_PER_WORKER = 3;

/** Tells workers that cannot start from one that had an accident. */
export class EarlyDeaths {
  readonly #max: number;
  #deaths: number[] = [];

  constructor(workers: number) {
    this.#max = TRIES_PER_WORKER * workers;
  }

  /** Counts a worker that died before it was steady. */
  add(now: number): void {
    this.#deaths = [...this.#deaths.filter((diedAt) => diedAt > now - WINDOW_MS), now];
  }

  /** How many died young within the last minute. */
  count(now: number): number {
    return this.#deaths.filter((diedAt) => diedAt > now - WINDOW_MS).length;
  }

  /** Three tries for each worker within a minute: trying on would help nobody. */
  isHopeless(now: number): boolean {
    return this.count(now) >= this.#max;
  }
}
