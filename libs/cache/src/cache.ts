import type { CacheEvents } from './events.ts';
import type { EntryOptions } from './options.ts';
import type { CacheStats } from './stats.ts';

/** Handed to a loader; the signal aborts at the load's time-out. */
export interface LoadContext {
  readonly signal: AbortSignal;
}

export type LoadMany<V> = (
  missing: readonly string[],
  context: LoadContext,
) => Promise<ReadonlyMap<string, V>> | ReadonlyMap<string, V>;

/**
 * Memory first, then Redis, then the loader, once over all processes. 0, false, '', null and undefined are values.
 * Values are shared by reference: treat them as read-only. A tier that fails is passed over.
 */
export interface Cache {
  /** The kept value, or what `load` gives. Its error goes to all who wait, and to those who come soon after. */
  getOrSet<V>(
    key: string,
    load: (context: LoadContext) => Promise<V> | V,
    options?: EntryOptions<V>,
  ): Promise<V>;

  /** Memory only, synchronous; undefined when absent or stale. */
  // The caller knows what it stores under its keys.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  peek<V = unknown>(key: string): V | undefined;

  /** One round trip and one load for all that is missing. Keys that `loadMany` leaves out are left out here too. */
  getMany<V>(
    keys: readonly string[],
    loadMany: LoadMany<V>,
    options?: EntryOptions<V>,
  ): Promise<Map<string, V>>;

  /**
   * Makes stale what is kept or being loaded: here at once, in Redis and everywhere when the promise resolves, or
   * as soon as Redis is back. Never rejects for want of Redis.
   */
  invalidate(key: string): Promise<void>;
  invalidateTags(tags: readonly string[]): Promise<void>;
  /** Everything in the namespace. */
  clear(): Promise<void>;

  readonly events: CacheEvents;
  stats(): CacheStats;
  /** Waits for loads and stores under way, which ends all leases, then stops listening. Loads still work afterwards, from memory only. */
  close(): Promise<void>;
}
