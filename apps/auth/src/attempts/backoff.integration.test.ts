import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRedis, type Redis } from '@ganitagya/cache';
import { createPolicies } from '@ganitagya/resilience';
import { startRedis, waitFor, type RedisServer } from '@ganitagya/testing';
import { BACKOFF_POLICIES, Backoff } from './backoff.ts';
import { FREE_FAILURES } from './backoff-rule.ts';
import { MemoryBackoff } from './memory-backoff.ts';
import { RedisBackoff } from './redis-backoff.ts';

let server: RedisServer;
let redis: Redis;
before(async () => {
  server = await startRedis();
  redis = createRedis(server.url);
  await waitFor(() => redis.status === 'ready');
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

const uniqueKey = () => crypto.randomUUID();

describe('RedisBackoff', () => {
  it('lets five tries pass, then makes the next one wait a second', async () => {
    const store = new RedisBackoff(redis, 'test:');
    const key = uniqueKey();
    for (let failure = 1; failure <= FREE_FAILURES; failure += 1) assert.equal(await store.begin(key), 0);
    const waitMs = await store.begin(key);
    assert.ok(waitMs > 0 && waitMs <= 1_000, `${waitMs}`);
  });

  it('waits twice as long after each further failure', async () => {
    const store = new RedisBackoff(redis, 'test:');
    const key = uniqueKey();
    for (let failure = 1; failure <= 9; failure += 1) {
      assert.equal(await store.begin(key), 0);
      await redis.hset(`test:${key}`, 'blockedUntil', 0);
    }
    assert.equal(await store.begin(key), 0);
    const waitMs = await store.begin(key);
    assert.ok(waitMs > 16_000 && waitMs <= 32_000, `${waitMs}`);
  });

  it('counts a hundred tries at once as one after the other, over processes', async (t) => {
    const otherRedis = createRedis(server.url);
    t.after(() => otherRedis.disconnect());
    await waitFor(() => otherRedis.status === 'ready');
    const stores = [new RedisBackoff(redis, 'test:'), new RedisBackoff(otherRedis, 'test:')];
    const key = uniqueKey();
    const waits = await Promise.all(
      stores.flatMap((store) => Array.from({ length: 50 }, () => store.begin(key))),
    );
    assert.equal(waits.filter((waitMs) => waitMs === 0).length, FREE_FAILURES);
  });

  it('forgets a try that was taken back, and everything when cleared', async () => {
    const store = new RedisBackoff(redis, 'test:');
    const key = uniqueKey();
    for (let failure = 1; failure <= FREE_FAILURES; failure += 1) await store.begin(key);
    await store.takeBack(key);
    assert.equal(await store.begin(key), 0);
    assert.ok((await store.begin(key)) > 0);
    await store.clear(key);
    assert.equal(await store.begin(key), 0);
  });

  it('keeps nothing of a single try that was taken back', async () => {
    const store = new RedisBackoff(redis, 'test:');
    const key = uniqueKey();
    await store.begin(key);
    await store.takeBack(key);
    assert.equal(await redis.exists(`test:${key}`), 0);
  });

  it('does not keep a key for longer than a day', async () => {
    const store = new RedisBackoff(redis, 'test:');
    const key = uniqueKey();
    await store.begin(key);
    const ttlMs = await redis.pttl(`test:${key}`);
    assert.ok(ttlMs > 86_000_000 && ttlMs <= 86_400_000, `${ttlMs}`);
  });
});

describe('Backoff', () => {
  const create = () =>
    new Backoff(new RedisBackoff(redis, 'test:'), new MemoryBackoff(), createPolicies(BACKOFF_POLICIES));

  it('goes on in memory while Redis is frozen: one short wait, then none', async () => {
    const backoff = create();
    const key = uniqueKey();
    await backoff.begin(key);
    const timed = async () => {
      const startedAt = performance.now();
      assert.equal(await backoff.begin(key), 0);
      return performance.now() - startedAt;
    };
    server.freeze();
    try {
      const firstMs = await timed();
      assert.ok(firstMs < 150, `${firstMs} ms`);
      const nextMs = Math.min(await timed(), await timed(), await timed());
      assert.ok(nextMs < 10, `${nextMs} ms`);
      await timed();
      assert.ok((await backoff.begin(key)) > 0);
    } finally {
      server.thaw();
    }
  });

  it('goes on in memory while Redis is gone, and uses it again when it is back', async () => {
    await server.kill();
    await waitFor(() => redis.status !== 'ready');
    const backoff = create();
    const key = uniqueKey();
    for (let failure = 1; failure <= FREE_FAILURES; failure += 1) assert.equal(await backoff.begin(key), 0);
    assert.ok((await backoff.begin(key)) > 0);
    await server.start();
    await waitFor(() => redis.status === 'ready');
    assert.equal(await backoff.begin(key), 0);
    assert.equal(await redis.hget(`test:${key}`, 'count'), '1');
  });

  it('works without any Redis', async () => {
    const backoff = new Backoff(undefined, new MemoryBackoff(), createPolicies(BACKOFF_POLICIES));
    for (let failure = 1; failure <= FREE_FAILURES; failure += 1) assert.equal(await backoff.begin('a'), 0);
    assert.ok((await backoff.begin('a')) > 0);
  });
});
