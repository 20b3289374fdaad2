import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { redisForTest, startProxy, waitFor } from '@ganitagya/testing';
import { openInstance } from './testing/instance.ts';

test('a message missed while the subscription was broken does not leave anything stale', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  await a.cache.getOrSet('key', () => 'old');
  await waitFor(() => a.redis.hexists('cache:{test}:entry:key', 'v'));
  await b.cache.getOrSet('key', () => assert.fail('must not load'));

  const isDropped = once(b.cache.events, 'dropped');
  // Sent together: nobody can be back before the message is gone.
  await Promise.all([a.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'), a.cache.invalidate('key')]);
  await isDropped;
  assert.equal(b.cache.peek('key'), undefined);
  assert.equal(await b.cache.getOrSet('key', () => 'new'), 'new');
});

test('a single lost message is noticed by its number, at the latest by the heartbeat', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openInstance(t, server.url);
  await cache.getOrSet('key', () => 'old');
  const isDropped = once(cache.events, 'dropped');
  await redis.incr('cache:{test}:sequence');
  assert.deepEqual(await isDropped, [{ reason: 'gap' }]);
  assert.equal(cache.peek('key'), undefined);
});

test('without loss nothing is dropped', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  const before = b.cache.stats().drops;
  for (let i = 0; i < 50; i++) await a.cache.invalidate(`key ${i}`);
  await waitFor(() => b.cache.stats().invalidationsHeard === 50);
  assert.equal(b.cache.stats().drops, before);
});

test('FLUSHALL is noticed', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openInstance(t, server.url);
  await cache.getOrSet('key', () => 'old');
  const isDropped = once(cache.events, 'dropped');
  await redis.flushall();
  await isDropped;
  assert.equal(cache.peek('key'), undefined);
});

test('a connection that hangs without closing counts as lost: entries become short-lived', async (t) => {
  const server = await redisForTest(t);
  const proxy = await startProxy({ port: server.port });
  const { cache } = await openInstance(t, `redis://127.0.0.1:${proxy.port}`);
  t.after(() => proxy.close());
  const isDeaf = once(cache.events, 'listening');
  proxy.hang();
  assert.deepEqual(await isDeaf, [{ isListening: false }]);
  const hearsAgain = once(cache.events, 'listening');
  proxy.heal();
  assert.deepEqual(await hearsAgain, [{ isListening: true }]);
});

test('copies are served for 5 s after the last heartbeat, noticed or not that there is none', async (t) => {
  const server = await redisForTest(t);
  const proxy = await startProxy({ port: server.port });
  let now = 0;
  const { cache } = await openInstance(t, `redis://127.0.0.1:${proxy.port}`, { clock: () => now });
  t.after(() => proxy.close());
  await cache.getOrSet('key', () => 'value');
  proxy.hang();
  now = 4_999;
  assert.equal(cache.peek('key'), 'value');
  now = 5_000;
  assert.equal(cache.peek('key'), undefined);
});

test('reconnecting leaves no listeners behind', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openInstance(t, server.url);
  const count = () => ['ready', 'close', 'error', 'end'].map((event) => redis.listenerCount(event));
  const before = count();
  for (let i = 0; i < 20; i++) {
    const isBack = waitFor(async () => {
      const drops = cache.stats().drops;
      await waitFor(() => cache.stats().drops > drops);
      return true;
    });
    await waitFor(() => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
    await isBack;
  }
  assert.deepEqual(count(), before);
  await cache.close();
  assert.equal(redis.listenerCount('ready'), (before[0] ?? 0) - 1);
});
