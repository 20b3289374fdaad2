/** A run of small decisions that something random is built from: from a seed, or given, to build it again. */
export class Choices {
  readonly taken: number[] = [];
  readonly #given: readonly number[] | undefined;
  #state: number;

  constructor(source: { readonly seed: number } | { readonly given: readonly number[] }) {
    this.#given = 'given' in source ? source.given : undefined;
    this.#state = 'seed' in source ? source.seed * 2_654_435_761 + 1 : 0;
  }

  /** One of 0 … count - 1; what was given and used up goes on with 0, the simplest. */
  pick(count: number): number {
    const choice = this.#given
      ? (this.#given[this.taken.length] ?? 0) % count
      : Math.floor(this.#random() * count);
    this.taken.push(choice);
    return choice;
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.pick(items.length)];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.pick(count) === count - 1;
  }

  // mulberry32
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** Leaves out and lowers choices as long as `fails` holds, and returns the last ones for which it did. */
export async function shrink(
  taken: readonly number[],
  fails: (given: readonly number[]) => Promise<boolean>,
  triesMax = 400,
): Promise<readonly number[]> {
  let best = taken;
  let tries = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < best.length && tries < triesMax;) {
      const shorter = best.filter((_choice, index) => index < start || index >= start + size);
      const lower = best.map((choice, index) => (index >= start && index < start + size ? 0 : choice));
      const isLower = lower.some((choice, index) => choice !== best[index]);
      tries += 2;
      if (await fails(shorter)) best = shorter;
      else if (isLower && (await fails(lower))) best = lower;
      else start += size;
    }
  }
  return best;
}
