import { availableParallelism, loadavg } from 'node:os';

/** One thing to measure: does its operation `operations` times, or resolves when it has. */
export interface Subject {
  readonly name: string;
  readonly run: (operations: number) => unknown;
}

export interface Rate {
  readonly name: string;
  /** Millions of operations per second. */
  readonly median: number;
  readonly best: number;
}

/** Measures all subjects in turn, round after round, so that a busy moment of the machine hits all alike. */
export async function measure(
  subjects: readonly Subject[],
  { rounds, operations }: { readonly rounds: number; readonly operations: number },
): Promise<readonly Rate[]> {
  const rates = subjects.map(({ name }) => ({ name, samples: [] as number[] }));
  for (const { run } of subjects) await run(operations);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { run }] of subjects.entries()) {
      const startedAt = performance.now();
      await run(operations);
      rates[index]?.samples.push(operations / (performance.now() - startedAt) / 1_000);
    }
  }
  return rates.map(({ name, samples }) => {
    samples.sort((a, b) => a - b);
    return { name, median: samples[samples.length >> 1] ?? 0, best: samples.at(-1) ?? 0 };
  });
}

/** The state of the machine, to stand beside every figure. */
export function machine(): string {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  return `node ${process.version}, ${availableParallelism()} cores, load ${load}`;
}

/** mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
