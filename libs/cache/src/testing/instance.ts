import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { createCache, createRedis } from '../index.ts';
import type { Cache, CacheOptions } from '../index.ts';

interface TestScope {
  after(clean: () => Promise<void>): void;
}

export interface Instance {
  readonly cache: Cache;
  readonly redis: Redis;
}

/** A cache as one process would have it, connected and listening; generous budgets, for a busy machine. */
export async function openInstance(
  t: TestScope,
  url: string,
  options: Partial<CacheOptions> = {},
): Promise<Instance> {
  const redis = createRedis(url, { commandTimeoutMs: 5_000 });
  const instance = open(t, redis, { remote: { budgetMs: 5_000 }, ...options });
  await Promise.all([
    once(instance.cache.events, 'listening'),
    redis.status === 'ready' || once(redis, 'ready'),
  ]);
  return instance;
}

/** The same with the budgets of production: the cache's own, and a second for what else uses the connection. */
export async function openProductionInstance(t: TestScope, url: string): Promise<Instance> {
  const redis = createRedis(url, { commandTimeoutMs: 1_000 });
  const instance = open(t, redis, {});
  await Promise.all([
    once(instance.cache.events, 'listening'),
    redis.status === 'ready' || once(redis, 'ready'),
  ]);
  return instance;
}

function open(t: TestScope, redis: Redis, options: Partial<CacheOptions>): Instance {
  const cache = createCache({ namespace: 'test', redis, ...options });
  t.after(async () => {
    await cache.close();
    redis.disconnect();
  });
  return { cache, redis };
}

/** Resolves when the cache has heard the next invalidation of another process. */
export async function heard(cache: Cache): Promise<void> {
  for (;;) {
    const [{ origin }] = (await once(cache.events, 'invalidated')) as [{ origin: string }];
    if (origin === 'other') return;
  }
}
