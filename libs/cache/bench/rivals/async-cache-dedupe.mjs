import { once } from 'node:events';

import { createCache } from 'async-cache-dedupe';
import { Redis } from 'ioredis';

const TTL_SECONDS = 3_600;

/** One tier only. `fast`: memory. `default`, `shared` and `safe`: Redis, the last with time-outs and no queue. */
export async function open({ url, settings }) {
  const client = settings === 'fast' ? undefined : await connect(url, settings);
  const cache = createCache({
    ttl: TTL_SECONDS,
    storage: client
      ? { type: 'redis', options: { client, invalidation: { referencesTTL: TTL_SECONDS } } }
      : { type: 'memory', options: { size: 100_000, invalidation: true } },
  });
  cache.define('entry', { references: ({ tags }) => tags, serialize: ({ key }) => key }, ({ load }) =>
    load(),
  );
  return {
    getOrSet: (key, load, tags) => cache.entry({ key, load, tags }),
    getMany: (keys) => Promise.all(keys.map((key) => cache.entry({ key, load: async () => undefined }))),
    invalidate: (key) => cache.clear('entry', { key }),
    invalidateTag: (tag) => cache.invalidateAll(tag),
    clear: () => cache.clear(),
    async close() {
      client?.disconnect();
    },
  };
}

async function connect(url, settings) {
  const client = new Redis(
    url,
    settings === 'safe'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 100, connectTimeout: 1_000 }
      : { enableAutoPipelining: settings === 'default' },
  );
  client.on('error', () => undefined);
  await once(client, 'ready');
  return client;
}
