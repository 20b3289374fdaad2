import { seeded } from '../../testing/seeded.ts';

export const INSTANCES = 3;
export const TENANTS = 2;
export const keys = ['a', 'b', 'c'] as const;
export type Key = (typeof keys)[number];
/** Which keys a tag is on. */
export const tagged = { ab: ['a', 'b'], bc: ['b', 'c'] } as const;
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
  | { readonly do: 'finish'; readonly nth: number }
  | { readonly do: 'settle' };

/** The schedule of a seed. */
export function generate(seed: number, steps: number): readonly Operation[] {
  const random = seeded(seed);
  const below = (count: number) => Math.floor(random() * count);
  const one = <T>(items: readonly T[]) => items[below(items.length)] as T;
  const instance = () => ({ at: below(INSTANCES) });
  const place = () => ({ ...instance(), tenant: random() < 0.8 ? 0 : 1 });
  const makers: readonly (readonly [weight: number, make: () => Operation])[] = [
    [8, () => ({ do: 'get', ...place(), key: one(keys), held: false })],
    [8, () => ({ do: 'get', ...place(), key: one(keys), held: true })],
    [3, () => ({ do: 'getMany', ...place() })],
    [4, () => ({ do: 'peek', ...place() })],
    [6, () => ({ do: 'invalidate', ...place(), key: one(keys) })],
    [4, () => ({ do: 'invalidateTags', ...place(), tag: one(Object.keys(tagged) as Tag[]) })],
    [1, () => ({ do: 'clear', ...place() })],
    [4, () => ({ do: 'advance', ms: one([100, 1_000, 3_000, 6_000, 400_000]) })],
    [1, () => ({ do: 'cut', ...instance() })],
    [2, () => ({ do: 'cut stream', ...instance() })],
    [2, () => ({ do: 'lose messages', ...instance() })],
    [3, () => ({ do: 'restore', ...instance() })],
    [1, () => ({ do: 'flush' })],
    [1, () => ({ do: 'evict', tenant: below(TENANTS), what: one(evictables), key: one(keys) })],
    [9, () => ({ do: 'finish', nth: below(3) })],
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
