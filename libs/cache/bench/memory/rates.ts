import { availableParallelism, loadavg } from 'node:os';
import { inTurns } from '../measure/rounds.ts';
import { median } from '../testing/kit.ts';

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

/** Measures all subjects in turns; a first round warms up and is not counted. */
export async function measure(
  subjects: readonly Subject[],
  { rounds, operations }: { readonly rounds: number; readonly operations: number },
): Promise<readonly Rate[]> {
  const samples = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  await inTurns(subjects, rounds + 1, async (subject, round) => {
    const startedAt = performance.now();
    await subject.run(operations);
    const rate = operations / (performance.now() - startedAt) / 1_000;
    if (round > 0) samples.get(subject)?.push(rate);
  });
  return [...samples].map(([{ name }, rates]) => ({ name, median: median(rates), best: Math.max(...rates) }));
}

/** The state of the machine, to stand beside every figure. */
export function machine(): string {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  return `node ${process.version}, ${availableParallelism()} cores, load ${load}`;
}
