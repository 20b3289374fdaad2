import type { Answers, Summary } from './answers.ts';
import type { CreateGate } from './gates/gate.ts';
import { simulate, type WorldOptions } from './world.ts';

const WARM_UP_MS = 5_000;
const MEASURED_MS = 30_000;
/** Answers of the last tries need as long as a client waits. */
const RUN_OUT_MS = 2_500;

/** When the steps of all stepped scenarios begin and end. */
export const STEP = { fromMs: 10_000, toMs: 20_000, endMs: 35_000 } as const;

type Changes = Partial<Omit<WorldOptions, 'gate' | 'load'>>;

/** A load that stays, as a multiple of the capacity, once the gate has got used to it. */
export function steady(gate: CreateGate, load: number, changes: Changes = {}): Summary {
  const to = WARM_UP_MS + MEASURED_MS;
  return simulate({ gate, load: () => load, ...changes }, to + RUN_OUT_MS).between(WARM_UP_MS, to);
}

/** A minute from the very start. */
export function fromCold(gate: CreateGate, load: number, changes: Changes = {}): Summary {
  return simulate({ gate, load: () => load, ...changes }, 60_000 + RUN_OUT_MS).between(0, 60_000);
}

/** 0.8 of the capacity, but for ten seconds of something else. */
export function stepped(gate: CreateGate, changes: Partial<Omit<WorldOptions, 'gate'>>): Answers {
  return simulate({ gate, load: () => 0.8, ...changes }, STEP.endMs + RUN_OUT_MS);
}

/** `during` in the step, else `before`. */
export function step(before: number, during: number): (at: number) => number {
  return (at) => (at >= STEP.fromMs && at < STEP.toMs ? during : before);
}

/** What it did a second before the step, less what differs by chance between half seconds. */
const USEFUL_MS = 0.95 * 800;

/**
 * How long after the step the last half second was in which fewer than nine of ten tries were answered in time, and
 * less useful work was done than before: what clients try again may keep the loop full for longer.
 */
export function recoveryMs(answers: Answers): number {
  const width = 500;
  let recoveredAt: number = STEP.toMs;
  for (let from: number = STEP.toMs; from < STEP.endMs; from += width) {
    const { goodput, tried, usefulMs } = answers.between(from, from + width);
    if (goodput < 0.9 * tried && usefulMs < USEFUL_MS) recoveredAt = from + width;
  }
  return recoveredAt - STEP.toMs;
}
