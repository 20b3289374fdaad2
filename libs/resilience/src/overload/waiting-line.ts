import type { Entrant } from './contract.ts';
import { PRIORITIES, rankOf } from './priority.ts';

/** One who waits, and since when. */
export interface Waiter {
  readonly entrant: Entrant;
  readonly since: number;
}

/** A bounded line with one lane per priority; the more important lane is always served first. */
export class WaitingLine {
  readonly #sizeMax: number;
  /** The longest waiter of a lane stands first. */
  readonly #lanes: readonly Waiter[][] = PRIORITIES.map(() => []);
  #size = 0;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#size;
  }

  /** Lines up, and returns who has no place for it: the last of a less important lane, or the newcomer itself. */
  add(waiter: Waiter): Waiter | undefined {
    if (this.#sizeMax === 0) return waiter;
    const rank = rankOf(waiter.entrant.priority);
    const displaced = this.#size < this.#sizeMax ? undefined : this.#last(rank);
    if (displaced === 'nobody') return waiter;
    this.#lane(rank).push(waiter);
    if (!displaced) this.#size++;
    return displaced;
  }

  /** The longest waiter of the most important lane. */
  next(): Waiter | undefined {
    for (const lane of this.#lanes) {
      const waiter = lane.shift();
      if (!waiter) continue;
      this.#size--;
      return waiter;
    }
    return undefined;
  }

  /** Takes out one who has waited since `since` or longer; call until there is none. */
  expired(since: number): Waiter | undefined {
    for (const lane of this.#lanes) {
      if (!lane[0] || lane[0].since > since) continue;
      this.#size--;
      return lane.shift();
    }
    return undefined;
  }

  /** Since when the longest waiter waits; undefined when nobody does. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const [first] of this.#lanes) {
      if (first && (oldest === undefined || first.since < oldest)) oldest = first.since;
    }
    return oldest;
  }

  remove(entrant: Entrant): boolean {
    const lane = this.#lane(rankOf(entrant.priority));
    const place = lane.findIndex((waiter) => waiter.entrant === entrant);
    if (place === -1) return false;
    lane.splice(place, 1);
    this.#size--;
    return true;
  }

  /** Takes out the newest of the least important lane below `rank`. */
  #last(rank: number): Waiter | 'nobody' {
    for (let below = this.#lanes.length - 1; below > rank; below--) {
      const waiter = this.#lane(below).pop();
      if (waiter) return waiter;
    }
    return 'nobody';
  }

  #lane(rank: number): Waiter[] {
    const lane = this.#lanes[rank];
    if (!lane) throw new RangeError(`no lane ${rank}`);
    return lane;
  }
}
