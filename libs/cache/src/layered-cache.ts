import { Aging } from './aging.ts';
import { Batches } from './batches.ts';
import type { Cache, LoadContext, LoadMany } from './cache.ts';
import { createCacheEvents } from './events.ts';
import type { Invalidation } from './events.ts';
import { Failures } from './failures.ts';
import { Fetcher } from './fetcher.ts';
import { Flights } from './flights.ts';
import { Marks } from './invalidation/marks.ts';
import { LocalStore } from './local-store.ts';
import { completeOptions } from './options.ts';
import type { CacheOptions, CacheSettings, EntryOptions } from './options.ts';
import type { RedisClient } from './redis-client.ts';
import { RemoteStore } from './remote-store.ts';
import { createCounters } from './stats.ts';
import type { CacheStats } from './stats.ts';
import { assertTag, knownTags } from './tags.ts';
import type { MemoryEntry } from './tiers/memory.ts';

/** Creates the cache of one namespace: memory, and Redis when there is one. */
export function createCache(options: CacheOptions): Cache {
  return new LayeredCache(options);
}

class LayeredCache implements Cache {
  readonly events = createCacheEvents();
  readonly #settings: CacheSettings;
  readonly #counters = createCounters();
  readonly #marks = new Marks();
  readonly #flights: Flights;
  readonly #failures: Failures;
  readonly #fetcher: Fetcher;
  readonly #aging: Aging;
  readonly #batches: Batches;
  readonly #local: LocalStore;
  #remote: RemoteStore | undefined;

  constructor(options: CacheOptions) {
    this.#settings = completeOptions(options);
    this.#failures = new Failures(this.#settings.errorBackoffMs);
    this.#flights = new Flights(this.#marks, this.#settings.clock);
    const parts = {
      settings: this.#settings,
      marks: this.#marks,
      flights: this.#flights,
      counters: this.#counters,
      events: this.events,
    };
    this.#local = new LocalStore(parts);
    this.#fetcher = new Fetcher({
      ...parts,
      local: this.#local,
      failures: this.#failures,
      remote: () => this.#remote,
    });
    this.#aging = new Aging({ ...parts, failures: this.#failures, fetcher: this.#fetcher });
    this.#batches = new Batches({
      ...parts,
      local: this.#local,
      fetcher: this.#fetcher,
      aging: this.#aging,
    });
    if (options.redis) this.#remote = this.#connect(options.redis);
  }

  // Not async: a hit takes no promise but the one kept with the entry.
  getOrSet<V>(
    key: string,
    load: (context: LoadContext) => Promise<V> | V,
    options?: EntryOptions<V>,
  ): Promise<V> {
    const now = this.#settings.clock();
    const held = this.#local.get(key, now);
    if (held === undefined) return this.#fetch(key, load, options);
    if (now >= held.earlyFrom) return this.#serveAging(key, held, now, load, options);
    this.#counters.memoryHits++;
    return held.settled as Promise<V>;
  }

  async #fetch<V>(
    key: string,
    load: (context: LoadContext) => Promise<V> | V,
    options: EntryOptions<V> = {},
  ): Promise<V> {
    const joined = this.#flights.join(key);
    if (joined) {
      this.#counters.shared++;
      const outcome = await joined.outcome;
      if (outcome.found) return outcome.value as V;
    }
    const flight = this.#flights.begin(key, knownTags(options));
    void this.#fetcher.settle([flight], loadOne(key, load), options);
    const outcome = await flight.outcome;
    return (outcome.found ? outcome.value : undefined) as V;
  }

  /** The value is stale or soon will be. */
  async #serveAging<V>(
    key: string,
    held: MemoryEntry,
    now: number,
    load: (context: LoadContext) => Promise<V> | V,
    options: EntryOptions<V> = {},
  ): Promise<V> {
    if (!this.#aging.answers(key, held, now, options)) return this.#fetch(key, load, options);
    if (this.#aging.isDue(key, held, now))
      this.#aging.refresh([[key, held]], now, loadOne(key, load), options);
    return held.value as V;
  }

  // The caller knows what it stores under its keys.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  peek<V = unknown>(key: string): V | undefined {
    const now = this.#settings.clock();
    const held = this.#local.get(key, now);
    if (!held || now >= held.freshUntil) return undefined;
    this.#counters.memoryHits++;
    return held.value as V;
  }

  getMany<V>(
    keys: readonly string[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V> = {},
  ): Promise<Map<string, V>> {
    return this.#batches.getMany(keys, loadMany, options);
  }

  invalidate(key: string): Promise<void> {
    return this.#invalidate({ keys: [key] });
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    for (const tag of tags) assertTag(tag);
    if (tags.length > 0) await this.#invalidate({ tags });
  }

  clear(): Promise<void> {
    return this.#invalidate({ all: true });
  }

  stats(): CacheStats {
    return { ...this.#counters, ...this.#local.sizes() };
  }

  async close(): Promise<void> {
    await this.#flights.drained();
    const remote = this.#remote;
    this.#remote = undefined;
    await remote?.close();
  }

  #connect(redis: RedisClient): RemoteStore {
    this.#local.setDeafSince(this.#settings.clock());
    return new RemoteStore({
      redis,
      settings: this.#settings,
      events: this.events,
      counters: this.#counters,
      onInvalidation: (invalidation) => {
        this.#counters.invalidationsHeard++;
        this.#apply(invalidation, 'other');
      },
      onGap: (reason) => {
        this.#local.dropAll();
        this.#failures.clear();
        this.events.emit('dropped', { reason });
        // Nobody knows which invalidations Redis has lost.
        if (reason === 'rewound') void this.#remote?.invalidate({ all: true });
      },
      onListening: (isListening) => {
        this.events.emit('listening', { isListening });
      },
      // Not only while the subscription is down: a process or a connection that froze does not know that it did.
      onHeard: (heardAt) => this.#local.setDeafSince(heardAt),
    });
  }

  async #invalidate(invalidation: Invalidation): Promise<void> {
    this.#counters.invalidations++;
    this.#apply(invalidation, 'own');
    await this.#remote?.invalidate(invalidation);
  }

  #apply(invalidation: Invalidation, origin: 'own' | 'other'): void {
    const isExact = this.#local.invalidate(invalidation);
    if ('keys' in invalidation) for (const key of invalidation.keys) this.#failures.forget(key);
    else this.#failures.clear();
    if (!isExact) this.events.emit('dropped', { reason: 'overflow' });
    this.events.emit('invalidated', { invalidation, origin });
  }
}

/** A batch of one. */
function loadOne<V>(key: string, load: (context: LoadContext) => Promise<V> | V): LoadMany<V> {
  return async (_missing, context) => new Map([[key, await load(context)]]);
}
