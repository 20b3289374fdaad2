import type { Arena } from './arena.ts';
import type { ContestantName } from './contestants.ts';

const FROM_PER_SECOND = 200;
const STEP = 1.12;
const STEPS_MAX = 14;
const STEP_MS = 1_000;
/** Below this share of good answers in time, more load only makes less of them. */
const SATURATED_SHARE = 0.9;
/** In a row: one may be somebody else's fault. */
const SATURATED_STEPS = 2;

/** The most that one contestant does in time, and the load at which it does so. */
export interface Capacity {
  readonly perSecond: number;
  readonly goodput: number;
  readonly work: number;
}

/** Asks for more and more until answers come too late. */
export async function findCapacity(arena: Arena, name: ContestantName): Promise<Capacity> {
  let best: Capacity = { perSecond: 0, goodput: 0, work: 0 };
  let perSecond = FROM_PER_SECOND;
  let saturated = 0;
  for (let step = 0; step < STEPS_MAX && saturated < SATURATED_STEPS; step += 1) {
    const { goodput, work, offered } = await arena.slice(name, perSecond, STEP_MS, 100 + step);
    if (goodput > best.goodput) best = { perSecond: offered, goodput, work };
    saturated = goodput < SATURATED_SHARE * offered ? saturated + 1 : 0;
    perSecond *= STEP;
  }
  return best;
}
