import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRedis } from '@ganitagya/cache';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { PositionStore } from './position-store.ts';

describe('PositionStore', () => {
  test('keeps the later position, over processes, and compares by value and not by text', async (t) => {
    const server = await redisForTest(t);
    const redis = createRedis(server.url);
    t.after(() => redis.disconnect());
    await waitFor(() => redis.status === 'ready', { what: 'Redis' });
    const [a, b] = [new PositionStore(redis, 'position:'), new PositionStore(redis, 'position:')];
    await a.save('u', '0/FFFFFF0');
    await b.save('u', '0/3000060');
    assert.equal(await b.load('u'), '00000000/0FFFFFF0');
    await b.save('u', '1/10');
    assert.equal(await a.load('u'), '00000001/00000010');
    assert.equal(await a.load('v'), undefined);
  });

  test('a frozen Redis costs at most 50 ms once, and this process remembers its own', async (t) => {
    const server = await redisForTest(t);
    const redis = createRedis(server.url);
    t.after(() => redis.disconnect());
    await waitFor(() => redis.status === 'ready', { what: 'Redis' });
    const store = new PositionStore(redis, 'position:');
    server.freeze();
    t.after(() => server.thaw());
    await store.save('u', '0/10');
    const timesMs: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const startedAt = performance.now();
      assert.equal(await store.load('u'), '00000000/00000010');
      timesMs.push(performance.now() - startedAt);
    }
    timesMs.sort((x, y) => x - y);
    assert.ok((timesMs[4] ?? Infinity) < 5, `median ${timesMs[4]} ms`);
  });
});
