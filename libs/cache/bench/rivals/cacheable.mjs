import KeyvRedis, { createKeyvNonBlocking } from '@keyv/redis';
import { RedisMessageProvider } from '@qified/redis';
import { Cacheable, createKeyv } from 'cacheable';

const TTL_MS = 3_600_000;

/**
 * Memory and Redis. `fast`: values by reference, bounded memory. `safe`: its documented way against a Redis that is
 * away. `shared`: what makes several processes one: tags, its sync over pub/sub, errors thrown.
 */
export async function open({ url, settings }) {
  const cache = new Cacheable({
    ttl: TTL_MS,
    ...secondaryOf(url, settings),
    ...(settings === 'fast' && {
      primary: createKeyv({ useClone: false, lruSize: 100_000 }),
    }),
    ...(settings === 'shared' && {
      tags: true,
      sync: { qified: new RedisMessageProvider({ uri: url }) },
    }),
  });
  cache.on('error', () => undefined);
  await cache.get('connect');
  /** Its getOrSet knows no tags. */
  const getOrSetTagged = async (key, load, tags) => {
    const kept = await cache.get(key);
    if (kept !== undefined) return kept;
    const value = await load();
    await cache.set(key, value, { ttl: TTL_MS, tags: [...tags] });
    return value;
  };
  const options = settings === 'shared' ? { throwErrors: true } : undefined;
  return {
    getOrSet: (key, load, tags) =>
      tags ? getOrSetTagged(key, load, tags) : cache.getOrSet(key, load, options),
    set: (key, value) => cache.set(key, value),
    getMany: (keys) => cache.getMany([...keys]),
    invalidate: (key) => cache.delete(key),
    ...(settings === 'shared' && { invalidateTag: (tag) => cache.tags.invalidateTag(tag) }),
    clear: () => cache.clear(),
    close: () => cache.disconnect(),
  };
}

function secondaryOf(url, settings) {
  if (settings === 'safe') return { secondary: createKeyvNonBlocking(url), nonBlocking: true };
  return { secondary: new KeyvRedis(url) };
}
