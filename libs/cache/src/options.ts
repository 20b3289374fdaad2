import type { Serializer } from './codec.ts';
import { createTurnClock } from './memory/turn-clock.ts';
import type { RedisClient } from './redis-client.ts';

export interface CacheOptions {
  /** Keys, tags and messages of two namespaces never meet. Also the Redis hash tag: one namespace, one slot. */
  readonly namespace: string;
  /** The connection to share values over; without it the cache is memory only. It stays the caller's to close. */
  readonly redis?: RedisClient | undefined;
  readonly memory?: {
    /** Bound of all values together, by an estimate of the memory they hold on to; 64 MiB by default. */
    readonly bytesMax?: number;
    /** 5 minutes by default. */
    readonly ttlMs?: number;
    /** How many values that `negative` recognises are remembered, apart from the others; 5 000 by default. */
    readonly negativeEntriesMax?: number;
    /**
     * Whether plain objects and arrays are frozen when they are kept, so that changing what others share throws;
     * by default only where NODE_ENV is `test`.
     */
    readonly freeze?: boolean;
  };
  readonly remote?: {
    /** 1 hour by default. */
    readonly ttlMs?: number;
    /** The longest that a call to Redis may hold up the caller; 50 ms by default. */
    readonly budgetMs?: number;
  };
  /**
   * For values in Redis but ready answers and Buffers, which go as they are; by default JSON where that loses nothing, else
   * v8's structured clone.
   */
  readonly serializer?: Serializer;
  /** The longest a load may take before its signal aborts and its callers get a TimedOutError; 10 s by default. */
  readonly loadTimeoutMs?: number;
  /** The longest to wait for a value that another process loads; 2 s by default, never more than `loadTimeoutMs`. */
  readonly leaseWaitMs?: number;
  /** How long a failed load is not tried again, doubling up to 8 times that; 250 ms by default, 0: not at all. */
  readonly errorBackoffMs?: number;
  /** Above 1 values are refreshed earlier before their time is up, below 1 later, 0: never; 1 by default. */
  readonly earlyRefreshBeta?: number;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
}

/** How long to keep a value and what invalidates it. */
export interface EntryOptions<V> {
  readonly tags?: readonly string[] | ((value: V, key: string) => readonly string[]);
  /** Upper bound in both tiers, before ±10 % of jitter. */
  readonly ttlMs?: number;
  /**
   * How much longer the value may be served when its time is up, while it is loaded anew or that fails; 0 by default.
   * Never what was invalidated.
   */
  readonly staleMs?: number;
  /** How long callers wait for the new value before they get the stale one; 0 by default: not at all. */
  readonly softTimeoutMs?: number;
  /** Values that say "there is no such thing": kept in memory only, for 30 s, and bounded in number. */
  readonly negative?: { readonly ttlMs?: number; readonly isNegative: (value: V) => boolean };
}

export interface CacheSettings {
  readonly namespace: string;
  readonly memory: {
    readonly bytesMax: number;
    readonly ttlMs: number;
    readonly negativeEntriesMax: number;
    readonly freeze: boolean;
  };
  readonly remote: { readonly ttlMs: number; readonly budgetMs: number };
  readonly serializer: Serializer | undefined;
  readonly loadTimeoutMs: number;
  readonly leaseWaitMs: number;
  readonly errorBackoffMs: number;
  readonly earlyRefreshBeta: number;
  readonly clock: () => number;
}

const LEASE_WAIT_MS = 2_000;

/** Fills in the defaults and refuses what makes no sense. */
export function completeOptions(options: CacheOptions): CacheSettings {
  if (!/^[a-z0-9][\w.:-]{0,99}$/iu.test(options.namespace)) {
    throw new RangeError(`cache namespace must be letters, digits and _.:- only, got ${options.namespace}`);
  }
  const loadTimeoutMs = options.loadTimeoutMs ?? 10_000;
  const { freeze = process.env['NODE_ENV'] === 'test', ...memory } = options.memory ?? {};
  const bounds = { bytesMax: 64 * 2 ** 20, ttlMs: 300_000, negativeEntriesMax: 5_000, ...memory };
  const settings: CacheSettings = {
    namespace: options.namespace,
    memory: { ...bounds, freeze },
    remote: { ttlMs: 3_600_000, budgetMs: 50, ...options.remote },
    serializer: options.serializer,
    loadTimeoutMs,
    leaseWaitMs: Math.min(options.leaseWaitMs ?? LEASE_WAIT_MS, loadTimeoutMs),
    errorBackoffMs: options.errorBackoffMs ?? 250,
    earlyRefreshBeta: options.earlyRefreshBeta ?? 1,
    clock: options.clock ?? createTurnClock(),
  };
  const { leaseWaitMs, errorBackoffMs, earlyRefreshBeta } = settings;
  assertPositive({ ...bounds, ...settings.remote, loadTimeoutMs, leaseWaitMs });
  assertNotNegative({ errorBackoffMs });
  if (!(earlyRefreshBeta >= 0 && earlyRefreshBeta <= 10)) {
    throw new RangeError(`cache option earlyRefreshBeta must be from 0 to 10, got ${earlyRefreshBeta}`);
  }
  return settings;
}

/** Refuses numbers that are not whole or below 0, by the name of the option. */
export function assertNotNegative(numbers: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(numbers)) {
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`cache option ${field} must be a whole number from 0, got ${value}`);
    }
  }
}

/** Refuses numbers that are not whole and positive, by the name of the option. */
export function assertPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(numbers)) {
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw new RangeError(`cache option ${field} must be a positive whole number, got ${value}`);
    }
  }
}
