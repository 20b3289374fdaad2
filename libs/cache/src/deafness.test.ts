import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createCache, createRedis } from './index.ts';

/** A cache that hears of nobody: no Redis has this port. */
function openDeaf(t: TestContext, clock: () => number) {
  const redis = createRedis('redis://127.0.0.1:1');
  const cache = createCache({ namespace: 'deaf', redis, clock, loadTimeoutMs: 60_000 });
  t.after(async () => {
    await cache.close();
    redis.disconnect();
  });
  return cache;
}

test(
  'who hears of no invalidations joins a load of its own for 5 s, then loads anew',
  { timeout: 10_000 },
  async (t) => {
    let now = 1_000;
    const cache = openDeaf(t, () => now);
    const first = Promise.withResolvers<string>();
    const calls = [cache.getOrSet('key', () => first.promise)];
    now += 4_999;
    calls.push(cache.getOrSet('key', () => 'another'));
    now += 1;
    calls.push(cache.getOrSet('key', () => 'second'));
    assert.equal(await calls[2], 'second');
    first.resolve('first');
    assert.deepEqual(await Promise.all(calls), ['first', 'first', 'second']);
  },
);

test(
  'a batch that hears of no invalidations joins no load that began 5 s ago',
  { timeout: 10_000 },
  async (t) => {
    let now = 1_000;
    const cache = openDeaf(t, () => now);
    const first = Promise.withResolvers<string>();
    const call = cache.getOrSet('key', () => first.promise);
    now += 5_000;
    const batch = await cache.getMany(['key'], () => new Map([['key', 'second']]));
    assert.deepEqual([...batch], [['key', 'second']]);
    first.resolve('first');
    assert.equal(await call, 'first');
  },
);
