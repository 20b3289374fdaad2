import { COHORTS, LEVEL_MAX, PRIORITIES } from './priority.ts';

/** The share that may find no slot: without any, nobody would know whether more fit in. */
const OVERFLOW_AIM = 0.03;
const GAIN = 0.2;
/** How much more is admitted after a window: as much as the loop could do besides, between these bounds. */
const GROWTH_MIN = 1.01;
const GROWTH_MAX = 1.5;
const BUSY_AIM = 0.95;
/** A smaller step is not taken, so that noise doesn't let a user in and out. */
const STEP_MIN = 16;
const REMEMBERED = 0.97;
/** That of the highest level; less would only take longer to come back from. */
const SHARE_MIN = 1 / LEVEL_MAX;

/**
 * Which classes are refused, so that few of those who pass find no slot. The limit says how much fits in, this says who:
 * an integral controller of the admitted share, turned into a level by what lately arrived of each priority.
 */
export class SheddingLevel {
  /** Recent arrivals by rank. */
  readonly #arrivals = PRIORITIES.map(() => 0);
  #admittedShare = 1;
  #value = 0;

  get value(): number {
    return this.#value;
  }

  noteArrival(rank: number): void {
    this.#arrivals[rank] = (this.#arrivals[rank] ?? 0) + 1;
  }

  /** Tells whether the class is refused. `cohort` is asked only where its answer matters. */
  refuses(rank: number, entrant: { cohort(): number }): boolean {
    const within = this.#value - (PRIORITIES.length - 1 - rank) * COHORTS;
    return within > 0 && (within >= COHORTS || entrant.cohort() < within);
  }

  /** After so many windows, with the share of those who passed and found no slot, and how busy the loop was. */
  update(overflowShare: number, busyShare: number, windows: number): void {
    if (overflowShare > OVERFLOW_AIM) {
      this.#admittedShare *= 1 - GAIN * (overflowShare - OVERFLOW_AIM);
      this.#admittedShare = Math.max(SHARE_MIN, this.#admittedShare);
    } else {
      const growth = Math.min(GROWTH_MAX ** windows, BUSY_AIM / busyShare);
      this.#admittedShare = Math.min(1, this.#admittedShare * Math.max(GROWTH_MIN ** windows, growth));
    }
    const level = this.#levelFor(1 - this.#admittedShare);
    if (level === 0 || Math.abs(level - this.#value) >= STEP_MIN) this.#value = level;
    for (const [rank, count] of this.#arrivals.entries()) this.#arrivals[rank] = count * REMEMBERED;
  }

  /** The level that refuses this share of what arrives; within a priority, cohorts count as equal. */
  #levelFor(refusedShare: number): number {
    let left = refusedShare * this.#arrivals.reduce((sum, count) => sum + count, 0);
    if (left <= 0) return 0;
    let level = 0;
    for (const count of this.#arrivals.toReversed()) {
      if (left < count) return Math.min(LEVEL_MAX, level + Math.floor((left / count) * COHORTS));
      level += COHORTS;
      left -= count;
    }
    return LEVEL_MAX;
  }
}
