import { median } from '../../testing/kit.ts';
import type { Arena } from './arena.ts';
import type { Try } from './client/generator.ts';
import type { Kind } from './traffic.ts';
import type { ContestantName } from './contestants.ts';
import { isInTime, summarize } from './summary.ts';

const BEFORE_MS = 2_000;
const SPIKE_MS = 5_000;
const AFTER_MS = 6_000;
const SPIKE_END_MS = BEFORE_MS + SPIKE_MS;
const LOADS = { usual: 0.8, spike: 5 } as const;
const BUCKET_MS = 250;
/** So many buckets in a row must be good. */
const STEADY_BUCKETS = 4;
const RECOVERED_SHARE = 0.95;

/** How a contestant comes through a spike. */
export interface SpikeResult {
  /** From its end until 95 % of the first tries have good answers in time, for a second; infinite if never. */
  readonly recoveryMs: number;
  readonly amplification: number;
  readonly timeouts: number;
  /** In time of the first tries, by bucket. */
  readonly timeline: readonly { readonly atMs: number; readonly inTime: number }[];
}

/** 0.8 times the capacity, then 5 times for five seconds, then as before. */
export async function spike(
  arena: Arena,
  name: ContestantName,
  capacity: number,
  seed: number,
): Promise<SpikeResult> {
  const durationMs = SPIKE_END_MS + AFTER_MS;
  const isSpike = (at: number) => at >= BEFORE_MS && at < SPIKE_END_MS;
  const tries = await arena.play(name, {
    perSecond: (at) => capacity * (isSpike(at) ? LOADS.spike : LOADS.usual),
    durationMs,
    seed,
  });
  const { amplification } = summarize(tries, 0, durationMs);
  const timeline = timelineOf(tries, durationMs);
  const timeouts = tries.filter(({ ending }) => ending === 'timeout').length;
  return { recoveryMs: recoveryMsOf(timeline), amplification, timeouts, timeline };
}

/** The middle of some runs. */
export function medianSpike(results: readonly SpikeResult[]): Omit<SpikeResult, 'timeline'> {
  const of = (figure: (result: SpikeResult) => number) => median(results.map(figure));
  return {
    recoveryMs: of(({ recoveryMs }) => recoveryMs),
    amplification: of(({ amplification }) => amplification),
    timeouts: of(({ timeouts }) => timeouts),
  };
}

function timelineOf(tries: readonly Try<Kind>[], durationMs: number): SpikeResult['timeline'] {
  const first = tries.filter(({ isRetry }) => !isRetry);
  return Array.from({ length: Math.floor(durationMs / BUCKET_MS) }, (_each, index) => {
    const atMs = index * BUCKET_MS;
    const some = first.filter(({ at }) => at >= atMs && at < atMs + BUCKET_MS);
    return { atMs: atMs - BEFORE_MS, inTime: some.filter(isInTime).length / Math.max(1, some.length) };
  });
}

function recoveryMsOf(timeline: SpikeResult['timeline']): number {
  const after = timeline.filter(({ atMs }) => atMs >= SPIKE_MS);
  const begin = after.findIndex((_bucket, index) => {
    const some = after.slice(index, index + STEADY_BUCKETS);
    const mean = some.reduce((sum, { inTime }) => sum + inTime, 0) / some.length;
    return some.length === STEADY_BUCKETS && mean >= RECOVERED_SHARE;
  });
  return begin === -1 ? Infinity : begin * BUCKET_MS;
}
