import { median } from '../../testing/kit.ts';
import type { OverloadOptions } from '../options.ts';
import { openArena, type Arena, type Slice } from './arena.ts';
import { findCapacity, type Capacity } from './capacity.ts';
import type { ContestantName } from './contestants.ts';
import { spike, type SpikeResult } from './spike.ts';

/** Of the capacity. */
export const LOADS = [0.8, 1, 2, 3, 5] as const;

/** A slice is measured again when others had more of the server's core; so often at most, and in all. */
const OTHERS_MAX = 0.1;
const TAKES = 3;
const RETAKES_MAX = 12;

/** Everything that was measured. */
export interface OverloadResult {
  readonly capacity: Capacity;
  /** By contestant and load, one of each round. */
  readonly slices: ReadonlyMap<ContestantName, ReadonlyMap<number, readonly Slice[]>>;
  readonly spikes: ReadonlyMap<ContestantName, readonly SpikeResult[]>;
}

type Say = (text: string) => void;

/** Finds the capacity, then asks all contestants in turns for less and more than that, and with a spike. */
export async function overload(options: OverloadOptions, say: Say): Promise<OverloadResult> {
  say(`starting Postgres, Redis and ${options.names.length} servers`);
  const arena = await openArena(options.names, options.retryBudget);
  try {
    const capacity = await capacityOf(arena, options, say);
    const slices = new Map(
      options.names.map((name) => [name, new Map(LOADS.map((load) => [load, [] as Slice[]]))]),
    );
    const spikes = new Map(options.names.map((name) => [name, [] as SpikeResult[]]));
    const names = [...options.names];
    let retakes = RETAKES_MAX;
    for (let round = 0; round < options.rounds; round += 1) {
      for (const load of LOADS) {
        for (const name of names) {
          const seed = 1_000 * (round + 1) + 10 * load;
          const perSecond = load * capacity.perSecond;
          let slice = await arena.slice(name, perSecond, options.sliceMs, seed);
          for (let take = 1; take < TAKES && retakes > 0 && slice.othersShare > OTHERS_MAX; take += 1) {
            retakes -= 1;
            slice = await arena.slice(name, perSecond, options.sliceMs, seed);
          }
          slices.get(name)?.get(load)?.push(slice);
          say(`round ${round + 1} of ${options.rounds}: ${name} at ${load}x: ${spoken(slice)}`);
        }
        // Nobody always comes first.
        names.push(...names.splice(0, 1));
      }
    }
    for (const name of names) {
      const result = await spike(arena, name, capacity.perSecond, 7);
      spikes.get(name)?.push(result);
      say(`spike: ${name}: whole again after ${(result.recoveryMs / 1_000).toFixed(2)} s`);
    }
    return { capacity, slices, spikes };
  } finally {
    await arena.stop();
  }
}

/** The median of a figure over all rounds; of two the mean. */
export function medianOf(
  { slices }: OverloadResult,
  name: ContestantName,
  load: number,
  figure: (slice: Slice) => number,
): number {
  const values = (slices.get(name)?.get(load) ?? []).map(figure).filter((value) => !Number.isNaN(value));
  // One picks the upper of two, the other the lower.
  return (median(values) - median(values.map((value) => -value))) / 2;
}

async function capacityOf(arena: Arena, options: OverloadOptions, say: Say): Promise<Capacity> {
  if (options.capacity !== undefined) return { perSecond: options.capacity, goodput: 0, work: 0 };
  const [first] = arena.names;
  if (first === undefined) throw new RangeError('nobody takes part');
  const capacity = await findCapacity(arena, first);
  say(`capacity: ${capacity.perSecond.toFixed(0)} requests a second (${first})`);
  return capacity;
}

function spoken({ offered, goodput, refused, timeouts, busyShare, othersShare, lateP99Ms }: Slice): string {
  return [
    `${goodput.toFixed(0)} of ${offered.toFixed(0)} in time`,
    `${refused.toFixed(0)} refused`,
    `${timeouts.toFixed(0)} timed out a second`,
    `server ${(busyShare * 100).toFixed(0)} %, others ${(othersShare * 100).toFixed(0)} % of its core`,
    `load ${lateP99Ms.toFixed(0)} ms late`,
  ].join(', ');
}
