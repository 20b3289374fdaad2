import { createCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import type { CacheEvents } from './events.ts';
import type { Flight } from './flights.ts';
import { lifetime } from './freshness.ts';
import type { Lifetime } from './freshness.ts';
import type { Marks } from './invalidation/marks.ts';
import { jitter } from './jitter.ts';
import type { LocalStore } from './local-store.ts';
import { assertNotNegative, assertPositive } from './options.ts';
import type { CacheSettings, EntryOptions } from './options.ts';
import type { RemoteStore } from './remote-store.ts';
import type { Counters } from './stats.ts';
import { resolveTags } from './tags.ts';
import type { MemoryEntry } from './tiers/memory.ts';
import type { RemoteEntry } from './tiers/read-reply.ts';

export interface KeeperOptions {
  readonly settings: CacheSettings;
  readonly marks: Marks;
  readonly local: LocalStore;
  readonly remote: () => RemoteStore | undefined;
  readonly counters: Counters;
  readonly events: CacheEvents;
}

/** What became of a loaded value: other processes get it, do not get it, or it was stale before it was kept. */
export type Kept = 'shared' | 'unshared' | 'stale';

/** How long values that say "there is no such thing" are kept. */
const NEGATIVE_TTL_MS = 30_000;

/** Puts values into both tiers, unless an invalidation landed since their flight began. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #codec: Codec;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#codec = createCodec(options.settings.serializer);
  }

  /** Keeps a loaded value in both tiers. */
  keep<V>(flight: Flight, value: V, options: EntryOptions<V>, loadMs: number): Kept {
    const { settings } = this.#options;
    const tags = resolveTags(options.tags, value, flight.key);
    const isNegative = options.negative?.isNegative(value) ?? false;
    const times = isNegative
      ? { ttlMs: options.negative?.ttlMs ?? NEGATIVE_TTL_MS, staleMs: 0 }
      : { ttlMs: options.ttlMs ?? settings.remote.ttlMs, staleMs: options.staleMs ?? 0 };
    assertPositive({ ttlMs: times.ttlMs });
    assertNotNegative({ staleMs: times.staleMs });
    if (!this.isKeepable(flight, tags)) return 'stale';

    const freshMs = jitter(Math.min(times.ttlMs, settings.remote.ttlMs));
    const entry = this.#hold(flight, value, {
      tags,
      isNegative,
      life: this.#localLife(freshMs, { ...times, loadMs: isNegative ? 0 : loadMs }),
    });
    const remote = this.#options.remote();
    // Only Redis needs bytes, and takes them only from who has asked it before the load.
    if (isNegative || !remote || flight.sequence === undefined) return 'unshared';
    const bytes = this.#encode(value);
    if (!bytes) return 'unshared';
    const { staleMs } = times;
    remote.storeInBackground(flight, { bytes, tags, freshMs, staleMs, loadMs }, () =>
      this.#retract(flight, entry),
    );
    return 'shared';
  }

  /** Takes what Redis has into memory; undefined when it cannot be read. `isKept`: it may be served again. */
  land(
    flight: Flight,
    entry: RemoteEntry,
  ): { readonly value: unknown; readonly isKept: boolean } | undefined {
    const decoded = this.#decode(entry.bytes);
    if (!decoded) return undefined;
    const isKept = this.isKeepable(flight, entry.tags);
    if (isKept) {
      this.#hold(flight, decoded.value, {
        tags: entry.tags,
        isNegative: false,
        life: this.#landedLife(entry),
      });
    }
    return { value: decoded.value, isKept };
  }

  isKeepable(flight: Flight, tags: readonly string[]): boolean {
    if (!flight.isVoid && this.#options.marks.isCurrent(flight.position, tags)) return true;
    this.#options.counters.staleRejected++;
    return false;
  }

  /** A memory copy whose own time is up before the value's is read from Redis again, not loaded early. */
  #localLife(freshMs: number, { ttlMs, staleMs, loadMs }: Times): Lifetime {
    const { settings } = this.#options;
    const ownMs = jitter(Math.min(ttlMs, settings.memory.ttlMs));
    const isCopy = ownMs < freshMs && this.#options.remote() !== undefined;
    const earlyMs = isCopy ? 0 : settings.earlyRefreshBeta * loadMs;
    return lifetime(settings.clock(), Math.min(ownMs, freshMs), staleMs, earlyMs);
  }

  #landedLife({ freshMs, staleMs, loadMs }: RemoteEntry): Lifetime {
    const { settings } = this.#options;
    const now = settings.clock();
    if (freshMs <= 0) return lifetime(now, 0, freshMs + staleMs, 0);
    return this.#localLife(freshMs, { ttlMs: settings.memory.ttlMs, staleMs, loadMs });
  }

  #retract(flight: Flight, entry: MemoryEntry): void {
    this.#options.counters.staleRejected++;
    this.#options.local.deleteEntry(flight.key, entry);
  }

  #hold(flight: Flight, value: unknown, held: Held): MemoryEntry {
    const entry = {
      value,
      tags: held.tags,
      position: flight.position,
      ...held.life,
      storedAt: flight.startedAt,
    };
    return this.#options.local.set(flight.key, entry, held.isNegative);
  }

  #encode(value: unknown): Buffer | undefined {
    try {
      return this.#codec.encode(value);
    } catch (error) {
      this.#options.events.emit('tierError', { tier: 'redis', operation: 'encode', error });
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

interface Times {
  readonly ttlMs: number;
  readonly staleMs: number;
  readonly loadMs: number;
}

interface Held {
  readonly tags: readonly string[];
  readonly isNegative: boolean;
  readonly life: Lifetime;
}
