interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

/** What happens outside of the event loop, in the order of time (a binary heap). */
export class Agenda {
  readonly #heap: Entry[] = [];
  #order = 0;

  /** Infinity when nothing is planned. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Infinity;
  }

  plan(at: number, run: (at: number) => void): void {
    const entry = { at, order: this.#order++, run };
    let place = this.#heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(this.#at(parent), entry)) break;
      this.#heap[place] = this.#at(parent);
      place = parent;
    }
    this.#heap[place] = entry;
  }

  /** Runs everything that is due until then, also what this plans. */
  runUntil(until: number): void {
    while (this.nextAt <= until) {
      const { at, run } = this.#take();
      run(at);
    }
  }

  #take(): Entry {
    const first = this.#at(0);
    const last = this.#heap.pop() as Entry;
    const size = this.#heap.length;
    if (size === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(this.#at(child + 1), this.#at(child))) child++;
      if (isBefore(last, this.#at(child))) break;
      this.#heap[place] = this.#at(child);
      place = child;
    }
    this.#heap[place] = last;
    return first;
  }

  #at(place: number): Entry {
    return this.#heap[place] as Entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
