import KeyvRedis, { createKeyvNonBlocking } from '@keyv/redis';
import { createCache } from 'cache-manager';
import { createKeyv } from 'cacheable';
import { Keyv } from 'keyv';

const TTL_MS = 3_600_000;

/** Memory and Redis. `fast`: values by reference. `safe`: its documented way against a Redis that is away. */
export async function open({ url, settings }) {
  const first = createKeyv({
    ttl: TTL_MS,
    lruSize: 100_000,
    ...(settings === 'fast' && { useClone: false }),
  });
  const second = settings === 'safe' ? createKeyvNonBlocking(url) : new Keyv({ store: new KeyvRedis(url) });
  for (const store of [first, second]) store.on('error', () => undefined);
  const cache = createCache({
    stores: [first, second],
    ttl: TTL_MS,
    ...(settings === 'safe' && { nonBlocking: true }),
  });
  await cache.get('connect');
  return {
    getOrSet: (key, load) => cache.wrap(key, load),
    set: (key, value) => cache.set(key, value),
    getMany: (keys) => cache.mget([...keys]),
    invalidate: (key) => cache.del(key),
    clear: () => cache.clear(),
    close: () => cache.disconnect(),
  };
}
