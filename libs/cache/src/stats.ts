/** Plain counters since the start, and the present size of the memory tier. */
export interface CacheStats {
  memoryHits: number;
  remoteHits: number;
  /** Keys that neither tier had. */
  misses: number;
  /** Callers that shared a load somebody else had begun. */
  shared: number;
  loads: number;
  loadErrors: number;
  /** Loads that gave their value only after their time-out; it is kept when it still holds. */
  lateLoads: number;
  /** Loads begun ahead of time. */
  earlyRefreshes: number;
  /** Keys not loaded because their load had failed just before. */
  backoffs: number;
  /** Answers with a stale value. */
  staleHits: number;
  /** Failed loads whose callers got a stale value instead. */
  staleOnError: number;
  /** Keys that another process was loading, and those of them that it did not deliver in time. */
  leaseWaits: number;
  leaseTimeouts: number;
  /** Invalidations asked for here, and heard from other processes. */
  invalidations: number;
  invalidationsHeard: number;
  /** Values not kept because an invalidation landed while they were being loaded. */
  staleRejected: number;
  remoteErrors: number;
  /** Calls to Redis left out because its circuit was open. */
  remoteSkipped: number;
  /** How often all memory copies were dropped to be safe. */
  drops: number;
  evictions: number;
  entries: number;
  negativeEntries: number;
  bytes: number;
}

export type Counters = Omit<CacheStats, 'entries' | 'negativeEntries' | 'bytes'>;

export function createCounters(): Counters {
  return {
    memoryHits: 0,
    remoteHits: 0,
    misses: 0,
    shared: 0,
    loads: 0,
    loadErrors: 0,
    lateLoads: 0,
    earlyRefreshes: 0,
    backoffs: 0,
    staleHits: 0,
    staleOnError: 0,
    leaseWaits: 0,
    leaseTimeouts: 0,
    invalidations: 0,
    invalidationsHeard: 0,
    staleRejected: 0,
    remoteErrors: 0,
    remoteSkipped: 0,
    drops: 0,
    evictions: 0,
  };
}
