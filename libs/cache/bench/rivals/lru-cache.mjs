import { LRUCache } from 'lru-cache';

const TTL_MS = 300_000;
const BYTES_MAX = 64 * 2 ** 20;

/** Memory only. `default`: its own `fetch`. `fast`: `get` inside one async function. Both with a TTL. */
export async function open({ settings }) {
  const cache = new LRUCache({
    max: 10_000,
    ttl: TTL_MS,
    fetchMethod: (key, _stale, { context }) => context(),
    ...(settings === 'fast' && { maxSize: BYTES_MAX, sizeCalculation: () => 1_024 }),
  });
  const getOrSet = async (key, load) => {
    const kept = cache.get(key);
    if (kept !== undefined) return kept;
    const value = await load();
    cache.set(key, value);
    return value;
  };
  return {
    getOrSet: settings === 'fast' ? getOrSet : (key, load) => cache.fetch(key, { context: load }),
    peek: (key) => cache.get(key),
    set: async (key, value) => cache.set(key, value),
    async close() {
      cache.clear();
    },
  };
}
