import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { createCache, createRedis } from './index.ts';
import type { Cache } from './index.ts';
import { openInstance, openProductionInstance } from './testing/instance.ts';

/** How long a cold key takes with a loader that answers at once. */
async function coldRead(cache: Cache, key: string): Promise<number> {
  const started = performance.now();
  assert.equal(await cache.getOrSet(key, () => 'loaded'), 'loaded');
  return performance.now() - started;
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

const faults = [
  {
    fault: 'killed',
    cause: (server: RedisServer) => server.kill(),
    cure: (server: RedisServer) => server.start(),
  },
  {
    fault: 'frozen',
    cause: async (server: RedisServer) => server.freeze(),
    cure: async (server: RedisServer) => server.thaw(),
  },
];

for (const { fault, cause, cure } of faults) {
  test(`Redis ${fault}: a cold read costs the budget at most once, then nearly nothing; it comes back`, async (t) => {
    const server = await redisForTest(t);
    t.after(async () => {
      server.thaw();
    });
    const { cache } = await openProductionInstance(t, server.url);
    await cache.getOrSet('warm', () => 'kept');
    await cause(server);
    const first = await coldRead(cache, 'first');
    assert.ok(first < 150, `the first cold read took ${first} ms`);
    const next: number[] = [];
    for (let i = 0; i < 40; i++) next.push(await coldRead(cache, `next ${i}`));
    t.diagnostic(`first ${first.toFixed(1)} ms, then median ${median(next).toFixed(3)} ms`);
    assert.ok(median(next) < 3, `later cold reads took ${median(next)} ms`);

    await cure(server);
    const before = cache.stats().remoteErrors + cache.stats().remoteSkipped;
    let reads = 0;
    await waitFor(async () => {
      await coldRead(cache, `again ${reads++}`);
      const { remoteErrors, remoteSkipped } = cache.stats();
      return remoteErrors + remoteSkipped < before + reads;
    });
    await waitFor(async () => {
      const other = await openInstance(t, server.url);
      await cache.getOrSet('shared again', () => 'value');
      return (await other.cache.getOrSet('shared again', () => 'not shared')) === 'value';
    });
  });
}

test('invalidations made while Redis is away work here at once, and elsewhere when it is back', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cache-outage-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  // Redis comes back with everything it had: the worst case, since what it has is stale.
  const server = await redisForTest(t, { dataDir });
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  for (const key of ['key', 'tagged']) await a.cache.getOrSet(key, () => 'old', { tags: [`tag of ${key}`] });
  await waitFor(() => a.redis.hexists('cache:{test}:entry:tagged', 'v'));
  await b.cache.getMany(['key', 'tagged'], () => assert.fail('must not load'));
  await waitFor(async () => (await a.redis.info('persistence')).includes('aof_pending_bio_fsync:0'));
  await server.stop();

  await a.cache.invalidate('key');
  await a.cache.invalidateTags(['tag of tagged']);
  assert.equal(a.cache.peek('key'), undefined);
  assert.equal(a.cache.peek('tagged'), undefined);
  assert.equal(await a.cache.getOrSet('key', () => 'new'), 'new');

  const isDropped = once(b.cache.events, 'dropped');
  await server.start();
  await isDropped;
  assert.equal(b.cache.peek('key'), undefined);
  for (const key of ['key', 'tagged']) {
    assert.equal(
      await a.cache.getOrSet(key, () => 'new', { tags: [`tag of ${key}`] }),
      'new',
      `${key} at once here`,
    );
    await waitFor(async () => (await b.cache.getOrSet(key, () => 'new')) === 'new');
  }
});

test('invalidations sent to a frozen Redis hold nobody up and are delivered when it thaws', async (t) => {
  const server = await redisForTest(t);
  t.after(async () => {
    server.thaw();
  });
  const [a, b] = await Promise.all([openProductionInstance(t, server.url), openInstance(t, server.url)]);
  await a.cache.getOrSet('key', () => 'old');
  await waitFor(() => b.redis.hexists('cache:{test}:entry:key', 'v'));
  await b.cache.getOrSet('key', () => assert.fail('must not load'));
  server.freeze();
  const started = performance.now();
  await a.cache.invalidate('key');
  assert.ok(performance.now() - started < 200);
  assert.equal(await a.cache.getOrSet('key', () => 'new'), 'new');
  server.thaw();
  await waitFor(() => b.cache.peek('key') === undefined);
  assert.equal(await b.cache.getOrSet('key', () => 'new'), 'new');
});

test('a cache that starts without Redis serves from memory and joins when Redis appears', async (t) => {
  const server = await redisForTest(t);
  await server.kill();
  const redis = createRedis(server.url);
  const cache = createCache({ namespace: 'late', redis });
  t.after(async () => {
    await cache.close();
    redis.disconnect();
  });
  assert.equal(await cache.getOrSet('key', () => 'value'), 'value');
  assert.equal(cache.peek('key'), 'value');
  const isListening = once(cache.events, 'listening');
  await server.start();
  await isListening;
});
