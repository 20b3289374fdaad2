import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import type { Redis } from './index.ts';
import { openInstance } from './testing/instance.ts';
import { slowLoader } from './testing/slow-loader.ts';

const SEQUENCE = 'cache:{test}:sequence';
const TAG = 'cache:{test}:tag:tag';
const options = { tags: ['tag'] };

/** What a replica that takes over has: the numbers of before; call the returned function when more was written. */
async function lag(redis: Redis): Promise<() => Promise<unknown>> {
  const [sequence, tag] = await redis.mget(SEQUENCE, TAG);
  return () => redis.mset(SEQUENCE, sequence ?? '', TAG, tag ?? '');
}

test('an invalidation that a failover has lost is noticed by numbers that go back', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  await a.cache.getOrSet('key', () => 'old', options);
  await waitFor(() => a.redis.hexists('cache:{test}:entry:key', 'v'));
  await b.cache.getOrSet('other', () => 'copy');
  const reasons: string[] = [];
  for (const { cache } of [a, b]) cache.events.on('dropped', ({ reason }) => reasons.push(reason));
  const failOver = await lag(a.redis);
  await a.cache.invalidateTags(['tag']);
  await waitFor(() => b.cache.stats().invalidationsHeard === 1);
  await failOver();
  await waitFor(() => reasons.includes('rewound') && b.cache.peek('other') === undefined);
  await waitFor(async () => (await a.redis.get('cache:{test}:generation')) === (await a.redis.get(SEQUENCE)));

  const c = await openInstance(t, server.url);
  assert.equal(await c.cache.getOrSet('key', () => 'new', options), 'new');
});

test('a load from before a failover does not outlive the invalidations that follow', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  await b.cache.getOrSet('before', () => 'stored', options);
  await waitFor(() => b.redis.exists(TAG));
  const failOver = await lag(b.redis);
  for (let i = 0; i < 10; i++) await b.cache.invalidate('other');
  const { gates, load } = slowLoader();
  const reading = a.cache.getOrSet('key', load, options);
  await waitFor(() => gates.length === 1);
  await failOver();
  gates[0]?.resolve('old');
  assert.equal(await reading, 'old');
  await a.cache.close();
  await b.cache.invalidateTags(['tag']);

  const c = await openInstance(t, server.url);
  assert.equal(await c.cache.getOrSet('key', () => 'new', options), 'new');
});

test('numbers that only go on are not taken for a failover', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openInstance(t, server.url);
  const reasons: string[] = [];
  cache.events.on('dropped', ({ reason }) => reasons.push(reason));
  await cache.invalidate('key');
  await redis.flushall();
  await waitFor(() => reasons.length > 0);
  assert.deepEqual(reasons, ['gap']);
});
