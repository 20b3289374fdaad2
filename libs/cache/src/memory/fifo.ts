/** What a queue needs of an entry; `uses`, `queue`, `older` and `newer` belong to the queues. */
export interface Queued {
  readonly key: string;
  readonly bytes: number;
  /** Hits since it came in or was last passed over, 3 at most. */
  uses: number;
  queue: Fifo<this> | undefined;
  older: this | undefined;
  newer: this | undefined;
}

/** Entries in the order of their arrival, linked, so that any of them can leave at once. */
export class Fifo<Entry extends Queued> {
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #bytes = 0;

  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: Entry): void {
    entry.queue = this;
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
    this.#bytes += entry.bytes;
  }

  remove(entry: Entry): void {
    if (entry.older) entry.older.newer = entry.newer;
    else this.#oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else this.#newest = entry.older;
    entry.queue = entry.older = entry.newer = undefined;
    this.#bytes -= entry.bytes;
  }
}
