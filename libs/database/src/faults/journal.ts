/** Numbers the writes and remembers which were acknowledged, and when. */
export class Journal {
  readonly #acknowledgedAtMs = new Map<number, number>();
  #last = 0;

  /** The number of the next write. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Notes that the caller was told that a write is done. */
  acknowledge(write: number): void {
    this.#acknowledgedAtMs.set(write, performance.now());
  }

  get acknowledged(): number {
    return this.#acknowledgedAtMs.size;
  }

  /** The acknowledged writes that are not among those that were kept. */
  lost(kept: ReadonlySet<number>): number[] {
    return [...this.#acknowledgedAtMs.keys()].filter((write) => !kept.has(write));
  }

  /**
   * Tells how old an answer is: how long before `startMs` the first write was acknowledged that it does not show; 0 when
   * it shows all. Knows the writes so far.
   */
  ages(): (shown: number, startMs: number) => number {
    const firstMissedAtMs = new Array<number>(this.#last + 2).fill(Infinity);
    for (let write = this.#last; write >= 0; write -= 1) {
      const nextAtMs = this.#acknowledgedAtMs.get(write + 1) ?? Infinity;
      firstMissedAtMs[write] = Math.min(nextAtMs, firstMissedAtMs[write + 1] ?? Infinity);
    }
    return (shown, startMs) => Math.max(0, startMs - (firstMissedAtMs[shown] ?? Infinity));
  }
}
