export type { Redis } from 'ioredis';
export type { Cache, LoadContext, LoadMany } from './cache.ts';
export type { CacheEventMap, CacheEvents, Invalidation } from './events.ts';
export { createCache } from './layered-cache.ts';
export type { CacheOptions, EntryOptions } from './options.ts';
export { createRedis } from './redis-client.ts';
export type { CreateRedisOptions } from './redis-client.ts';
export type { CacheStats } from './stats.ts';
