import { COHORTS, LEVEL_MAX, PRIORITIES } from './priority.ts';

/** Which classes are refused, so that the share that overflows the limit stays small. */
export class SheddingLevel {
  /** Recent arrivals by rank. */
  readonly #arrivals = PRIORITIES.map(() => 0);
  #admittedShare = 1;
  #level = 0;

  get value(): number {
    return this.#level;
  }

  arrived(rank: number): void {
    this.#arrivals[rank] = (this.#arrivals[rank] ?? 0) + 1;
  }

  /** Once a window, with the share of those who passed the level and were refused all the same. */
  update(overflowShare: number): void {
    if (overflowShare > 0.05) this.#admittedShare *= 1 - 0.5 * overflowShare;
    else this.#admittedShare = Math.min(1, this.#admittedShare * 1.05);
    this.#level = this.#levelFor(1 - this.#admittedShare);
    for (const [rank, count] of this.#arrivals.entries()) this.#arrivals[rank] = count * 0.9;
  }

  /** The level that refuses this share of what arrives; within a priority, cohorts count as equal. */
  #levelFor(refusedShare: number): number {
    const all = this.#arrivals.reduce((sum, count) => sum + count, 0);
    let left = refusedShare * all;
    let level = 0;
    for (const count of this.#arrivals.toReversed()) {
      if (left < count || count === 0) {
        level += count === 0 ? (left > 0 ? COHORTS : 0) : Math.floor((left / count) * COHORTS);
        if (count > 0 || left <= 0) break;
        continue;
      }
      level += COHORTS;
      left -= count;
    }
    return Math.min(level, LEVEL_MAX);
  }
}
