import { EventEmitter } from 'node:events';

/** One change that makes entries stale: of these keys, of all entries with one of these tags, or of everything. */
export type Invalidation =
  { readonly keys: readonly string[] } | { readonly tags: readonly string[] } | { readonly all: true };

/** What is rare and worth telling; the rest is in `stats()`. Listeners must not throw. */
export interface CacheEventMap {
  /** Redis was passed over. Refusals while its circuit is open are only counted. */
  tierError: [event: { tier: 'redis'; operation: string; error: unknown }];
  /** The circuit around Redis. */
  circuit: [event: { from: string; to: string }];
  /** Whether this process hears the invalidations of others. */
  listening: [event: { isListening: boolean }];
  invalidated: [event: { invalidation: Invalidation; origin: 'own' | 'other' }];
  /** All memory copies were dropped because an invalidation may have been missed. */
  dropped: [event: { reason: 'subscribed' | 'gap' | 'rewound' | 'overflow' }];
  /** Another process holds the lease on these keys but did not deliver in time. */
  leaseTimeout: [event: { keys: readonly string[] }];
  loadError: [event: { keys: readonly string[]; error: unknown }];
}

export type CacheEvents = EventEmitter<CacheEventMap>;

export function createCacheEvents(): CacheEvents {
  return new EventEmitter<CacheEventMap>();
}
