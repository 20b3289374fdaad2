import { createPolicies } from '@ganitagya/resilience';
import type { Policies } from '@ganitagya/resilience';
import type { LoadMany } from './cache.ts';
import { createCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import type { CacheEvents } from './events.ts';
import type { Flight, Flights } from './flights.ts';
import type { Marks } from './invalidation/marks.ts';
import { jitter } from './jitter.ts';
import type { LocalStore } from './local-store.ts';
import { assertPositive } from './options.ts';
import type { CacheSettings, EntryOptions } from './options.ts';
import type { RemoteStore } from './remote-store.ts';
import type { Counters } from './stats.ts';
import { resolveTags } from './tags.ts';
import type { MemoryEntry } from './tiers/memory.ts';
import type { RemoteEntry } from './tiers/redis.ts';

export interface FetcherOptions {
  readonly settings: CacheSettings;
  readonly marks: Marks;
  readonly flights: Flights;
  readonly local: LocalStore;
  readonly remote: () => RemoteStore | undefined;
  readonly counters: Counters;
  readonly events: CacheEvents;
}

/** How long values that say "there is no such thing" are kept. */
const NEGATIVE_TTL_MS = 30_000;

/** The way of a key that memory does not have: Redis, the loader, and back into both unless it became stale. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #policies: Policies<'load'>;
  readonly #codec: Codec;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#codec = createCodec(options.settings.serializer);
    this.#policies = createPolicies({ load: { timeoutMs: options.settings.loadTimeoutMs } });
  }

  /** Settles every flight: from Redis, else by one load. */
  async settle<V>(
    flights: readonly Flight[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
  ): Promise<void> {
    try {
      const read = await this.#options.remote()?.read(flights.map(({ key }) => key));
      const missing = flights.filter((flight, index) => !this.#land(flight, read?.entries[index]));
      if (missing.length > 0) await this.#load(missing, loadMany, options, read?.sequence);
    } catch (error) {
      for (const flight of flights) {
        this.#options.flights.end(flight);
        flight.reject(error);
      }
    }
  }

  /** Settles the flight with what Redis has; false when that is nothing. */
  #land(flight: Flight, entry: RemoteEntry | undefined): boolean {
    const decoded = entry && this.#decode(entry.bytes);
    if (!decoded) return false;
    this.#options.counters.remoteHits++;
    const { tags, remainingMs, bytes } = entry;
    if (this.#isKeepable(flight, tags)) {
      const ttlMs = Math.min(jitter(this.#options.settings.memory.ttlMs), remainingMs);
      this.#hold(flight, decoded.value, { tags, ttlMs, bytes, isNegative: false });
    }
    this.#resolve(flight, decoded.value);
    return true;
  }

  #resolve(flight: Flight, value: unknown): void {
    this.#options.flights.end(flight);
    flight.resolve(value);
  }

  async #load<V>(
    flights: readonly Flight[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
    sequence: number | undefined,
  ): Promise<void> {
    const keys = flights.map(({ key }) => key);
    this.#options.counters.misses += keys.length;
    this.#options.counters.loads++;
    let loaded: ReadonlyMap<string, V>;
    try {
      loaded = await this.#policies.execute('load', (context) => loadMany(keys, context));
    } catch (error) {
      this.#options.counters.loadErrors++;
      this.#options.events.emit('loadError', { keys, error });
      throw error;
    }
    for (const flight of flights) {
      if (loaded.has(flight.key)) {
        const value = loaded.get(flight.key) as V;
        this.#keep(flight, value, options, sequence);
        this.#resolve(flight, value);
      } else {
        this.#options.flights.end(flight);
        flight.resolveNotFound();
      }
    }
  }

  /** Keeps the value in both tiers, unless an invalidation landed since the flight began. */
  #keep<V>(flight: Flight, value: V, options: EntryOptions<V>, sequence: number | undefined): void {
    const { settings, local, counters } = this.#options;
    const tags = resolveTags(options.tags, value, flight.key);
    const isNegative = options.negative?.isNegative(value) ?? false;
    const ttlMs = isNegative ? (options.negative?.ttlMs ?? NEGATIVE_TTL_MS) : (options.ttlMs ?? Infinity);
    if (ttlMs !== Infinity) assertPositive({ ttlMs });
    if (!this.#isKeepable(flight, tags)) return;
    const bytes = this.#encode(value);
    if (!bytes) return;

    const remoteTtlMs = jitter(Math.min(ttlMs, settings.remote.ttlMs));
    const memoryTtlMs = Math.min(jitter(Math.min(ttlMs, settings.memory.ttlMs)), remoteTtlMs);
    const entry = this.#hold(flight, value, { tags, ttlMs: memoryTtlMs, bytes, isNegative });
    if (isNegative || sequence === undefined) return;
    this.#options
      .remote()
      ?.storeInBackground(flight.key, { bytes, tags, ttlMs: remoteTtlMs }, sequence, () => {
        counters.staleRejected++;
        local.deleteEntry(flight.key, entry);
      });
  }

  #isKeepable(flight: Flight, tags: readonly string[]): boolean {
    if (!flight.isVoid && this.#options.marks.isCurrent(flight.position, tags)) return true;
    this.#options.counters.staleRejected++;
    return false;
  }

  #hold(flight: Flight, value: unknown, kept: Held): MemoryEntry {
    const storedAt = this.#options.settings.clock();
    const entry = {
      value,
      tags: kept.tags,
      position: flight.position,
      storedAt,
      expiresAt: storedAt + kept.ttlMs,
    };
    return this.#options.local.set(flight.key, entry, kept.isNegative);
  }

  #encode(value: unknown): Buffer | undefined {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      this.#options.events.emit('tierError', { tier: 'memory', operation: 'encode', error });
      return undefined;
    }
  }

  #decode(bytes: Buffer): { readonly value: unknown } | undefined {
    try {
      return this.#codec.decode(bytes);
    } catch (error) {
      this.#options.events.emit('tierError', { tier: 'redis', operation: 'decode', error });
      return undefined;
    }
  }
}

interface Held {
  readonly tags: readonly string[];
  readonly ttlMs: number;
  readonly bytes: Buffer;
  readonly isNegative: boolean;
}
