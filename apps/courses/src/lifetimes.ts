import type { Cache } from '@ganitagya/cache';
import type { Platform } from '@ganitagya/service';
import type { CoursesConfig } from './config.ts';

/** Without Redis a process learns of another's change by time alone, so it asks before it serves what is old. */
const SOFT_TIMEOUT_MS = 250;

/**
 * The platform's cache with the lifetimes of what this service publishes. What is past its time is served at once and
 * loaded anew behind the answer, also while the database gives nothing; what a change has invalidated is not.
 */
export function publishedCache({ cache, config, redis }: Platform<CoursesConfig>): Cache {
  const lifetimes = {
    ttlMs: config.COURSES_FRESH_MS,
    staleMs: config.COURSES_STALE_MS,
    softTimeoutMs: redis === undefined ? SOFT_TIMEOUT_MS : 0,
  };
  return {
    getOrSet: (key, load, options) => cache.getOrSet(key, load, { ...lifetimes, ...options }),
    getMany: (keys, loadMany, options) => cache.getMany(keys, loadMany, { ...lifetimes, ...options }),
    peek: (key) => cache.peek(key),
    invalidate: (key) => cache.invalidate(key),
    invalidateTags: (tags) => cache.invalidateTags(tags),
    clear: () => cache.clear(),
    events: cache.events,
    stats: () => cache.stats(),
    close: () => cache.close(),
  };
}
