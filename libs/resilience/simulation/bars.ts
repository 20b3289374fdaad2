import { RUDE } from './client.ts';
import type { CreateGate } from './gates/gate.ts';
import { fromCold, recoveryMs, steady, STEP, step, stepped } from './scenarios.ts';
import { CACHED, PLAIN, SIGN_INS } from './traffic.ts';

/** One promise: what is measured, and what it must be at least or at most. */
export interface Bar {
  readonly name: string;
  readonly measure: (gate: CreateGate) => number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const SEEDS = [1, 11, 21];

/** What the admission promises. */
export const BARS = {
  quiet: {
    name: 'refused a second in a minute at 0.8 of the capacity',
    measure: (gate: CreateGate) => worst(SEEDS, Math.max, (seed) => fromCold(gate, 0.8, { seed }).refused),
    atMost: 0,
  },
  memory: {
    name: 'the same when all comes from memory',
    measure: (gate: CreateGate) => fromCold(gate, 0.8, { kinds: CACHED }).refused,
    atMost: 0,
  },
  coldStart: {
    name: 'refused a second of pages of six at once, by a process that is ten times as slow, at 0.3 of what it can do',
    measure: (gate: CreateGate) =>
      worst(SEEDS, Math.max, (seed) => fromCold(gate, 0.03, { burst: 6, speed: () => 0.1, seed }).refused),
    atMost: 0,
  },
  work: {
    name: 'useful work at 5 times the capacity, of its peak',
    measure: (gate: CreateGate) => ofPeak((load) => steady(gate, load).usefulMs),
    atLeast: 0.9,
  },
  answers: {
    name: 'answers in time at 5 times the capacity, of their peak, when all requests are alike',
    measure: (gate: CreateGate) => ofPeak((load) => steady(gate, load, { kinds: PLAIN }).goodput),
    atLeast: 0.9,
  },
  critical: {
    name: 'critical requests answered in time at 3 times the capacity',
    measure: (gate: CreateGate) =>
      worst(SEEDS, Math.min, (seed) => steady(gate, 3, { seed }).served('critical')),
    atLeast: 0.999,
  },
  criticalStep: {
    name: 'the same in the ten seconds after the step to 3 times',
    measure: (gate: CreateGate) =>
      worst(SEEDS, Math.min, (seed) =>
        stepped(gate, { load: step(0.8, 3), seed })
          .between(STEP.fromMs, STEP.toMs)
          .served('critical'),
      ),
    atLeast: 0.999,
  },
  refusals: {
    name: 'p99 of refusals in ms at 2, 3 and 5 times the capacity',
    measure: (gate: CreateGate) => worst([2, 3, 5], Math.max, (load) => steady(gate, load).refusalMs(0.99)),
    atMost: 100,
  },
  recovery: {
    name: 'ms to recover from ten seconds of 5 times the capacity',
    measure: (gate: CreateGate) =>
      worst(SEEDS, Math.max, (seed) => recoveryMs(stepped(gate, { load: step(0.8, 5), seed }))),
    atMost: 5_000,
  },
  storm: {
    name: 'the same when clients try again at once, twice',
    measure: (gate: CreateGate) => recoveryMs(stepped(gate, { load: step(0.8, 5), manners: RUDE })),
    atMost: 5_000,
  },
  halved: {
    name: 'useful work while half of the processor is gone, of that half',
    measure: (gate: CreateGate) =>
      stepped(gate, { speed: step(1, 0.5) }).between(STEP.fromMs, STEP.toMs).usefulMs / 500,
    atLeast: 0.85,
  },
  slowDatabase: {
    name: 'refused a second while the database takes ten times as long',
    measure: (gate: CreateGate) =>
      stepped(gate, { slowness: step(1, 10) }).between(STEP.fromMs, STEP.endMs).refused,
    atMost: 0,
  },
  signIns: {
    name: 'reading answered in time while more sign in than the threads can hash',
    measure: (gate: CreateGate) =>
      steady(gate, 0.8, { kinds: SIGN_INS, threadLineMax: 16 }).served('reading'),
    atLeast: 0.999,
  },
} as const satisfies Record<string, Bar>;

/** Tells whether what was measured is within the bar. */
export function isMet({ atLeast = -Infinity, atMost = Infinity }: Bar, value: number): boolean {
  return value >= atLeast && value <= atMost;
}

function worst<T>(
  cases: readonly T[],
  pick: (...values: number[]) => number,
  measure: (one: T) => number,
): number {
  return pick(...cases.map(measure));
}

function ofPeak(measure: (load: number) => number): number {
  return measure(5) / Math.max(...[0.8, 1, 1.5, 2, 3].map(measure));
}
