import type { Cache, CacheStats } from '@ganitagya/cache';
import { Counter, Gauge, type Registry } from './client.ts';

/** The counters that become series, and the label that tells them apart. */
const EVENTS = {
  memoryHits: 'memory_hit',
  remoteHits: 'remote_hit',
  misses: 'miss',
  shared: 'shared_load',
  loads: 'load',
  loadErrors: 'load_error',
  lateLoads: 'late_load',
  earlyRefreshes: 'early_refresh',
  backoffs: 'backoff',
  staleHits: 'stale_hit',
  staleOnError: 'stale_on_error',
  leaseWaits: 'lease_wait',
  leaseTimeouts: 'lease_timeout',
  invalidations: 'invalidation',
  invalidationsHeard: 'invalidation_heard',
  staleRejected: 'stale_rejected',
  remoteErrors: 'remote_error',
  remoteSkipped: 'remote_skipped',
  drops: 'drop',
  evictions: 'eviction',
} as const satisfies Record<Exclude<keyof CacheStats, 'bytes' | 'entries' | 'negativeEntries'>, string>;

type Counted = keyof typeof EVENTS;

/** Series of the cache, read from its own counters when Prometheus asks: the hot path pays nothing. */
export class CacheMetrics {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Adds the series of the one cache of this process. */
  observe(cache: Cache): void {
    const counted: Partial<Record<Counted, number>> = {};
    new Counter({
      name: 'cache_events_total',
      help: 'What the cache did: hits by tier, misses, loads, invalidations, evictions.',
      labelNames: ['event'],
      registers: [this.#registry],
      collect() {
        const stats = cache.stats();
        for (const [field, event] of Object.entries(EVENTS) as [Counted, string][]) {
          this.inc({ event }, stats[field] - (counted[field] ?? 0));
          counted[field] = stats[field];
        }
      },
    });
    new Gauge({
      name: 'cache_memory_bytes',
      help: 'Memory that the values of the memory tier hold on to, estimated.',
      registers: [this.#registry],
      collect() {
        this.set(cache.stats().bytes);
      },
    });
    new Gauge({
      name: 'cache_memory_entries',
      help: 'Values in the memory tier, those that say "there is no such thing" apart.',
      labelNames: ['kind'],
      registers: [this.#registry],
      collect() {
        const { entries, negativeEntries } = cache.stats();
        this.set({ kind: 'value' }, entries);
        this.set({ kind: 'absent' }, negativeEntries);
      },
    });
  }
}
