import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRedis } from '@ganitagya/cache';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { Limiter } from './limiter.ts';
import { RedisWindows } from './redis-windows.ts';
import { WindowCounter } from './window-counter.ts';

const WINDOW_MS = 60_000;

describe('WindowCounter on Redis', () => {
  test('counts over instances, reads without counting, and forgets', async (t) => {
    const server = await redisForTest(t);
    const counters = [createRedis(server.url), createRedis(server.url)].map((redis) => {
      t.after(() => redis.disconnect());
      return { redis, counter: new WindowCounter({ shared: new RedisWindows(redis, 'test:') }) };
    });
    const [a, b] = counters;
    assert.ok(a !== undefined && b !== undefined);
    await waitFor(() => counters.every(({ redis }) => redis.status === 'ready'), { what: 'Redis' });
    await a.counter.hit('k', WINDOW_MS);
    const second = await b.counter.hit('k', WINDOW_MS);
    assert.equal(second.count, 2);
    assert.ok(second.ttlMs > WINDOW_MS - 10_000 && second.ttlMs <= WINDOW_MS);
    assert.equal((await a.counter.read('k', WINDOW_MS)).count, 2);
    await a.counter.clear('k');
    assert.equal((await b.counter.hit('k', WINDOW_MS)).count, 1);
  });

  for (const fault of ['kill', 'freeze'] as const) {
    test(`goes on in memory after ${fault}: at most 50 ms once, then at once, and returns`, async (t) => {
      const server = await redisForTest(t);
      const redis = createRedis(server.url);
      t.after(() => redis.disconnect());
      const counter = new WindowCounter({ shared: new RedisWindows(redis, 'test:') });
      await waitFor(() => redis.status === 'ready', { what: 'Redis' });
      await counter.hit('warm', WINDOW_MS);

      if (fault === 'kill') await server.kill();
      else server.freeze();
      const timesMs: number[] = [];
      for (let i = 1; i <= 10; i += 1) {
        const startedAt = performance.now();
        assert.equal((await counter.hit('k', WINDOW_MS)).count, i);
        timesMs.push(performance.now() - startedAt);
      }
      timesMs.sort((x, y) => x - y);
      assert.ok((timesMs[5] ?? Infinity) < 5, `median ${timesMs[5]} ms`);
      assert.ok((timesMs[9] ?? Infinity) < 150, `slowest ${timesMs[9]} ms`);

      if (fault === 'kill') await server.start();
      else server.thaw();
      const other = createRedis(server.url);
      t.after(() => other.disconnect());
      await waitFor(
        async () => {
          await counter.hit('back', WINDOW_MS);
          return other.status === 'ready' && (await other.get('test:back')) !== null;
        },
        { what: 'the return to Redis', timeoutMs: 20_000 },
      );
    });
  }
});

describe('WindowCounter in memory', () => {
  test('a window ends, and the number of keys is bounded', async () => {
    let now = 0;
    const counter = new WindowCounter({ keysMax: 2, now: () => now });
    await counter.hit('a', 100);
    assert.equal((await counter.hit('a', 100)).count, 2);
    now = 100;
    assert.equal((await counter.hit('a', 100)).count, 1);
    await counter.hit('b', 100);
    await counter.hit('c', 100);
    assert.equal((await counter.read('a', 100)).count, 0);
  });
});

test('Limiter allows the quota, then says when to come back', async () => {
  const limiter = new Limiter(new WindowCounter(), { name: 'ask', limit: 2, windowMs: 30_000 });
  assert.deepEqual(await limiter.peek('u'), { allowed: true, remaining: 1, retryAfterS: 1 });
  assert.deepEqual(await limiter.consume('u'), { allowed: true, remaining: 1, retryAfterS: 30 });
  assert.equal((await limiter.consume('u')).allowed, true);
  assert.equal((await limiter.peek('u')).allowed, false);
  assert.equal((await limiter.consume('u')).allowed, false);
  assert.equal((await limiter.consume('v')).allowed, true);
  await limiter.reset('u');
  assert.equal((await limiter.consume('u')).allowed, true);
});
