import fastifyCaching, { type AbstractCacheCompliantObject } from '@fastify/caching';
import fp from 'fastify-plugin';
import { PRIVATE_NO_STORE } from './cache-rules.ts';

/**
 * The plugin's own store answers 304 for any ETag that it ever sent, on any path, for an hour: after an invalidation
 * that is a stale answer. An ETag is therefore only ever compared with the current entity, by `sendCached`.
 */
const noStore = {
  get: (_key: unknown, done: (error: null, item: null) => void) => done(null, null),
  set: (_key: unknown, _value: unknown, _ttl: number, done: (error: null) => void) => done(null),
} as unknown as AbstractCacheCompliantObject;

/** Cache headers: what a route does not declare cacheable is `private, no-store`; errors are `no-store`. */
export const httpCaching = fp(
  async (app) => {
    await app.register(fastifyCaching, { privacy: PRIVATE_NO_STORE, cache: noStore });
  },
  { name: 'http-caching', fastify: '5.x' },
);
