import type { EntryOptions } from './options.ts';

/** The tags as far as they are known before the value is; undefined when they depend on it. */
export function knownTags<V>({ tags }: EntryOptions<V>): readonly string[] | undefined {
  return typeof tags === 'function' ? undefined : (tags ?? []);
}

/** The tags of a loaded value, checked. */
export function resolveTags<V>(tags: EntryOptions<V>['tags'], value: V, key: string): readonly string[] {
  const resolved = typeof tags === 'function' ? tags(value, key) : (tags ?? []);
  for (const tag of resolved) assertTag(tag);
  return resolved;
}

/** Refuses what cannot be told apart in Redis. */
export function assertTag(tag: string): void {
  if (tag === '' || !tag.isWellFormed())
    throw new TypeError('a cache tag must be a non-empty, well-formed string');
}
