import type { Entrant } from './contract.ts';
import { PRIORITIES, rankOf } from './priority.ts';

/** One who waits, and since when. */
export interface Waiter {
  readonly entrant: Entrant;
  readonly since: number;
}

/** A bounded line with one lane per priority. The more important lane is served first; a lane in order of arrival. */
export class WaitingLine {
  readonly #lanes: readonly Waiter[][] = PRIORITIES.map(() => []);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Lines up, and returns who has no place for it: the last of a less important lane, or the newcomer itself. */
  add(waiter: Waiter, sizeMax: number): Waiter | undefined {
    const rank = rankOf(waiter.entrant.priority);
    const displaced = this.#size < sizeMax ? undefined : (this.#takeLast(rank) ?? waiter);
    if (displaced !== waiter) {
      this.#lane(rank).push(waiter);
      this.#size++;
    }
    return displaced;
  }

  /** Takes out the next to be served. */
  takeNext(): Waiter | undefined {
    return this.#takeFirst((lane) => lane.length > 0);
  }

  /** Takes out one who has waited for as long as those of its rank may. */
  takeExpired(now: number, patienceMs: (rank: number) => number): Waiter | undefined {
    return this.#takeFirst(([first], rank) => first !== undefined && now - first.since >= patienceMs(rank));
  }

  remove(entrant: Entrant): void {
    const lane = this.#lane(rankOf(entrant.priority));
    const place = lane.findIndex((waiter) => waiter.entrant === entrant);
    if (place === -1) return;
    lane.splice(place, 1);
    this.#size--;
  }

  #takeFirst(isIt: (lane: readonly Waiter[], rank: number) => boolean): Waiter | undefined {
    const waiter = this.#lanes.find(isIt)?.shift();
    if (waiter) this.#size--;
    return waiter;
  }

  /** The newest of the least important lane behind `rank`. */
  #takeLast(rank: number): Waiter | undefined {
    const waiter = this.#lanes.findLast((lane, behind) => behind > rank && lane.length > 0)?.pop();
    if (waiter) this.#size--;
    return waiter;
  }

  #lane(rank: number): Waiter[] {
    const lane = this.#lanes[rank];
    if (!lane) throw new RangeError(`no priority of rank ${rank}`);
    return lane;
  }
}
