import { EventEmitter, once } from 'node:events';

import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

const TTL = '1h';

/** Of what its documentation and ioredis offer against a Redis that is away. */
const SAFE_REDIS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 100,
  connectTimeout: 1_000,
};

/**
 * Memory, Redis and bus. `fast`: values by reference, commands of one tick in one pipeline. `safe`: time-outs, no
 * offline queue, its circuit breaker.
 */
export async function open({ url, settings }) {
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port) };
  // Its bus subscribes before it is connected: without a queue that would be an error that nobody catches.
  const busConnection = {
    ...connection,
    ...(settings === 'safe' && { ...SAFE_REDIS, enableOfflineQueue: true }),
  };
  const redis = new Redis({
    ...connection,
    ...(settings === 'fast' && { enableAutoPipelining: true }),
    ...(settings === 'safe' && SAFE_REDIS),
  });
  redis.on('error', () => undefined);
  await once(redis, 'ready');
  const listeners = new Set();
  const emitter = new EventEmitter();
  emitter.on('bus:message:received', ({ message }) => {
    for (const listener of listeners) for (const key of message.keys) listener(key);
  });
  const bento = new BentoCache({
    default: 'layers',
    ttl: TTL,
    emitter,
    ...(settings === 'safe' && { l2CircuitBreakerDuration: '1s' }),
    stores: {
      layers: bentostore()
        .useL1Layer(memoryDriver({ maxItems: 100_000, ...(settings === 'fast' && { serialize: false }) }))
        .useL2Layer(redisDriver({ connection: redis }))
        .useBus(redisBusDriver({ connection: busConnection })),
    },
  });
  return {
    getOrSet: (key, factory, tags) => bento.getOrSet({ key, factory, ...(tags && { tags }) }),
    set: (key, value) => bento.set({ key, value }),
    getMany: (keys) => Promise.all(keys.map((key) => bento.get({ key }))),
    invalidate: (key) => bento.delete({ key }),
    invalidateTag: (tag) => bento.deleteByTag({ tags: [tag] }),
    clear: () => bento.clear(),
    onInvalidated: (listener) => listeners.add(listener),
    close: () => bento.disconnectAll(),
  };
}
