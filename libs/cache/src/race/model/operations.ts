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
  | { readonly do: 'settle' }
  | { readonly do: 'converge' };

/** One line per step, to be read and to be run again. */
export function format(schedule: readonly Operation[]): string {
  return schedule.map((operation) => JSON.stringify(operation)).join('\n');
}
