import type { Family, FamilyHead, MergeRule, Sample } from './family.ts';

interface Merged {
  readonly labels: string;
  readonly values: Float64Array;
  parts: number;
}

/** One family of a group of processes, to which those of each process are added. */
export class MergedFamily {
  readonly #head: FamilyHead;
  readonly #merged = new Map<string, Merged>();

  constructor(head: FamilyHead) {
    this.#head = head;
  }

  add({ labels, values }: Sample): void {
    const known = this.#merged.get(labels);
    if (known === undefined) {
      this.#merged.set(labels, { labels, values: Float64Array.from(values), parts: 1 });
    } else if (known.values.length === values.length) {
      // Of another length are the buckets of another version, which a rolling restart may bring for a moment.
      known.parts += 1;
      combine[this.#head.merge](known, values);
    }
  }

  family(): Family {
    return { ...this.#head, samples: [...this.#merged.values()] };
  }
}

const combine: Readonly<Record<MergeRule, (merged: Merged, values: ArrayLike<number>) => void>> = {
  sum: each((ours, theirs) => ours + theirs),
  min: each((ours, theirs) => Math.min(ours, theirs)),
  max: each((ours, theirs) => Math.max(ours, theirs)),
  average: each((ours, theirs, parts) => ours + (theirs - ours) / parts),
  first: () => undefined,
};

function each(rule: (ours: number, theirs: number, parts: number) => number) {
  return ({ values, parts }: Merged, others: ArrayLike<number>) => {
    for (let index = 0; index < values.length; index += 1)
      values[index] = rule(values[index] ?? 0, others[index] ?? 0, parts);
  };
}
