/** Beyond this many remembered tags everything is dropped instead: still correct, and bounded. */
const TAGS_MAX = 10_000;

/**
 * The order in which this process learned of invalidations. Whatever is kept carries the position from before it
 * was read or loaded, and is current as long as no mark that concerns it is younger.
 */
export class Marks {
  readonly #tags = new Map<string, number>();
  #position = 0;
  #youngestTag = 0;
  #floor = 0;

  get position(): number {
    return this.#position;
  }

  /** Marks the tags; false when there were too many to remember, so that everything was marked. */
  markTags(tags: readonly string[]): boolean {
    if (this.#tags.size + tags.length > TAGS_MAX) {
      this.markAll();
      return false;
    }
    this.#youngestTag = ++this.#position;
    for (const tag of tags) this.#tags.set(tag, this.#position);
    return true;
  }

  markAll(): void {
    this.#floor = ++this.#position;
    this.#tags.clear();
  }

  /** Has nothing with these tags been invalidated since `position`? Tags not known yet: has no tag at all? */
  isCurrent(position: number, tags: readonly string[] | undefined): boolean {
    if (position < this.#floor) return false;
    if (position >= this.#youngestTag) return true;
    if (!tags) return false;
    for (const tag of tags) {
      const mark = this.#tags.get(tag);
      if (mark !== undefined && mark > position) return false;
    }
    return true;
  }
}
