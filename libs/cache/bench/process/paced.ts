import { setTimeout as sleep } from 'node:timers/promises';

import { microseconds } from './clock.ts';

/** A run of invalidations of numbered keys. */
export interface Pace {
  readonly prefix: string;
  readonly count: number;
  /** 0: one at a time. */
  readonly perSecond: number;
}

/** When an invalidation was called, and when it had resolved. */
export interface Sent {
  readonly called: number;
  readonly resolved: number;
}

/** Invalidates keys at a pace. */
export async function paced(
  { prefix, count, perSecond }: Pace,
  invalidate: (key: string) => Promise<unknown>,
): Promise<Sent[]> {
  const times: Sent[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    const invalidated = (async () => {
      const called = microseconds();
      await invalidate(`${prefix}${index}`);
      times[index] = { called, resolved: microseconds() };
    })();
    pending.push(invalidated);
    if (perSecond === 0) {
      await invalidated;
      await sleep(1);
      continue;
    }
    while (performance.now() - start < ((index + 1) * 1_000) / perSecond) await sleep(1);
  }
  await Promise.all(pending);
  return times;
}
