import type { Schedule } from './fault.ts';

/** How much may be spent on it. A run that does not fail may only have had luck, so the result is small, not smallest. */
export type ShrinkBounds = { readonly runsMax: number; readonly timeMsMax: number };

/** Leaves out faults as long as `fails` holds, and returns the shortest schedule for which it did. */
export async function shrinkSchedule(
  schedule: Schedule,
  fails: (shorter: Schedule) => Promise<boolean>,
  { runsMax, timeMsMax }: ShrinkBounds,
): Promise<Schedule> {
  const endMs = performance.now() + timeMsMax;
  let best = schedule;
  let runs = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < best.length && runs < runsMax && performance.now() < endMs; runs += 1) {
      const shorter = best.filter((_fault, index) => index < start || index >= start + size);
      if (await fails(shorter)) best = shorter;
      else start += size;
    }
  }
  return best;
}
