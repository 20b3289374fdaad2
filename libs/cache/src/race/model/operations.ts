import { seeded } from '../../testing/seeded.ts';

export const INSTANCES = 3;
export const TENANTS = 2;
export const keys = ['a', 'b', 'c', 'd'] as const;
export type Key = (typeof keys)[number];
/** Which keys a tag is on. */
export const tagged = { ab: ['a', 'b'], bcd: ['b', 'c', 'd'] } as const;
export type Tag = keyof typeof tagged;

export function tagsOf(key: Key): readonly Tag[] {
  return (Object.keys(tagged) as Tag[]).filter((tag) => (tagged[tag] as readonly Key[]).includes(key));
}

/** What of Redis is taken away, as its eviction would. */
export const evictables = ['entry', 'tag', 'generation', 'sequence'] as const;

/** One step of a schedule. `at` says which instance, `tenant` which of its caches. */
export type Operation =
  | {
      readonly do: 'get';
      readonly at: number;
      readonly tenant: number;
      readonly key: Key;
      readonly held: boolean;
    }
  | { readonly do: 'getMany' | 'peek'; readonly at: number; readonly tenant: number }
  | { readonly do: 'invalidate'; readonly at: number; readonly tenant: number; readonly key: Key }
  | { readonly do: 'invalidateTags'; readonly at: number; readonly tenant: number; readonly tag: Tag }
  | { readonly do: 'clear'; readonly at: number; readonly tenant: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'cut' | 'cut stream' | 'lose messages' | 'restore'; readonly at: number }
  | { readonly do: 'flush' }
  | {
      readonly do: 'evict';
      readonly tenant: number;
      readonly what: (typeof evictables)[number];
      readonly key: Key;
    }
  | { readonly do: 'finish'; readonly nth: number; readonly fails: boolean }
  | { readonly do: 'break'; readonly tenant: number; readonly key: Key }
  | { readonly do: 'mend' }
  | { readonly do: 'settle' };

/** What is served stale when its load fails is worth more tries. */
const often: readonly Key[] = [...keys, 'd', 'd'];

/** The schedule of a seed. */
export function generate(seed: number, steps: number): readonly Operation[] {
  const random = seeded(seed);
  const below = (count: number) => Math.floor(random() * count);
  const one = <T>(items: readonly T[]) => items[below(items.length)] as T;
  // Some schedules stay around one place, some without faults between processes and Redis: they get further in that.
  const [isNarrow, isCalm, spot, favourite] = [random() < 0.4, random() < 0.4, below(INSTANCES), one(often)];
  const instance = () => ({ at: isNarrow && random() < 0.7 ? spot : below(INSTANCES) });
  const tenant = () => ({ tenant: random() < 0.8 ? 0 : 1 });
  const place = () => ({ ...instance(), ...tenant() });
  const key = () => ({ key: isNarrow && random() < 0.7 ? favourite : one(often) });
  const fault = isCalm ? 0 : 1;
  const makers: readonly (readonly [weight: number, make: () => Operation])[] = [
    [8, () => ({ do: 'get', ...place(), ...key(), held: false })],
    [8, () => ({ do: 'get', ...place(), ...key(), held: true })],
    [3, () => ({ do: 'getMany', ...place() })],
    [4, () => ({ do: 'peek', ...place() })],
    [6, () => ({ do: 'invalidate', ...place(), key: one(keys) })],
    [4, () => ({ do: 'invalidateTags', ...place(), tag: one(Object.keys(tagged) as Tag[]) })],
    [1, () => ({ do: 'clear', ...place() })],
    [6, () => ({ do: 'advance', ms: one([100, 1_000, 3_000, 3_000, 6_000, 20_000, 400_000]) })],
    [1 * fault, () => ({ do: 'cut', ...instance() })],
    [2 * fault, () => ({ do: 'cut stream', ...instance() })],
    [2 * fault, () => ({ do: 'lose messages', ...instance() })],
    [3 * fault, () => ({ do: 'restore', ...instance() })],
    [1 * fault, () => ({ do: 'flush' })],
    [1 * fault, () => ({ do: 'evict', tenant: below(TENANTS), what: one(evictables), key: one(keys) })],
    [9, () => ({ do: 'finish', nth: below(3), fails: random() < 0.3 })],
    [4, () => ({ do: 'break', ...tenant(), ...key() })],
    [2, () => ({ do: 'mend' })],
    [9, () => ({ do: 'settle' })],
  ];
  const total = makers.reduce((sum, [weight]) => sum + weight, 0);
  return Array.from({ length: steps }, () => {
    let left = below(total);
    const [, make] = makers.find(([weight]) => (left -= weight) < 0) as (typeof makers)[number];
    return make();
  });
}

/** One line per step, to be read and to be run again. */
export function format(schedule: readonly Operation[]): string {
  return schedule.map((operation) => JSON.stringify(operation)).join('\n');
}
