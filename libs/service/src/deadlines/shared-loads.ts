import type { Cache } from '@ganitagya/cache';
import { runWithin } from '@ganitagya/database';

/**
 * The cache, with loads that are nobody's: others wait for them as well, so they end neither with the time of the request
 * that began them nor when its client goes. They have the cache's own bound.
 */
export function withSharedLoads(cache: Cache): Cache {
  return {
    getOrSet: (key, load, options) =>
      cache.getOrSet(key, (context) => runWithin(undefined, () => load(context)), options),
    getMany: (keys, loadMany, options) =>
      cache.getMany(
        keys,
        (missing, context) => runWithin(undefined, () => loadMany(missing, context)),
        options,
      ),
    peek: (key) => cache.peek(key),
    invalidate: (key) => cache.invalidate(key),
    invalidateTags: (tags) => cache.invalidateTags(tags),
    clear: () => cache.clear(),
    events: cache.events,
    stats: () => cache.stats(),
    close: () => cache.close(),
  };
}
