import type { Cache, LoadContext } from '../cache.ts';
import type { EntryOptions } from '../options.ts';
import { buildKey } from './build-key.ts';
import type { KeyPart } from './build-key.ts';

/** One kind of value: how its keys are named, how it is loaded and what invalidates it. */
export interface CachedLoaderOptions<Parts extends readonly KeyPart[], V> {
  /** Different kinds of one cache must have different names. */
  readonly name: string;
  /** The loader of these parts. */
  readonly load: (...parts: Parts) => (context: LoadContext) => Promise<V> | V;
  /** How long to keep the value of these parts, and its tags. */
  readonly keep?: (...parts: Parts) => EntryOptions<V>;
}

export interface CachedLoader<Parts extends readonly KeyPart[], V> {
  readonly key: (...parts: Parts) => string;
  /** The kept value, or a new one. */
  readonly get: (...parts: Parts) => Promise<V>;
  /** Memory only, synchronous; undefined when absent. */
  readonly peek: (...parts: Parts) => V | undefined;
  readonly invalidate: (...parts: Parts) => Promise<void>;
}

/** Ties key, type, loader and tags of one kind of value together, so that no two callers can differ in them. */
export function createCachedLoader<Parts extends readonly KeyPart[], V>(
  cache: Pick<Cache, 'getOrSet' | 'peek' | 'invalidate'>,
  { name, load, keep }: CachedLoaderOptions<Parts, V>,
): CachedLoader<Parts, V> {
  const key = (...parts: Parts) => buildKey(name, ...parts);
  return {
    key,
    get: (...parts) => cache.getOrSet<V>(key(...parts), load(...parts), keep?.(...parts)),
    peek: (...parts) => cache.peek<V>(key(...parts)),
    invalidate: (...parts) => cache.invalidate(key(...parts)),
  };
}
