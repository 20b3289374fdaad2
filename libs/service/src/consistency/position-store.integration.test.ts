import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createRedis } from '@ganitagya/cache';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { PositionStore } from './position-store.ts';

async function redisFor(t: TestContext) {
  const server = await redisForTest(t);
  const redis = createRedis(server.url);
  t.after(() => redis.disconnect());
  await waitFor(() => redis.status === 'ready', { what: 'Redis' });
  return { server, redis };
}

describe('PositionStore', () => {
  test('keeps the later position, over processes, and compares by value and not by text', async (t) => {
    const { redis } = await redisFor(t);
    const [a, b] = [new PositionStore(redis, 'reached:'), new PositionStore(redis, 'reached:')];
    const positionOf = async (store: PositionStore, userId: string) =>
      (await store.open(userId, 'test')).position;
    await a.save([{ userId: 'u', position: '0/FFFFFF0' }]);
    await b.save([{ userId: 'u', position: '0/3000060' }]);
    assert.equal(await positionOf(b, 'u'), '00000000/0FFFFFF0');
    await b.save([
      { userId: 'u', position: '1/10' },
      { userId: 'w', position: '0/20' },
    ]);
    assert.equal(await positionOf(a, 'u'), '00000001/00000010');
    assert.equal(await positionOf(a, 'w'), '00000000/00000020');
    assert.equal(await positionOf(a, 'v'), undefined);
  });

  test('tells who reads for a user until that one, and no other, has told how far', async (t) => {
    const { redis } = await redisFor(t);
    const store = new PositionStore(redis, 'reached:');
    assert.deepEqual(await store.open('u', 'a:1'), { position: undefined, reader: undefined });
    assert.equal((await store.open('u', 'b:1')).reader, 'a:1');
    await store.save([{ userId: 'u', position: '0/10', reader: 'a:1' }]);
    assert.deepEqual(await store.open('u', 'b:2'), { position: '00000000/00000010', reader: 'b:1' });
    await store.save([{ userId: 'u', position: undefined, reader: 'b:2' }]);
    assert.deepEqual(await store.open('u', 'a:2'), { position: '00000000/00000010', reader: undefined });
    assert.ok((await redis.pttl('reached:u')) > 25_000);
  });

  test('a frozen Redis costs at most 50 ms once', async (t) => {
    const { server, redis } = await redisFor(t);
    const store = new PositionStore(redis, 'reached:');
    server.freeze();
    t.after(() => server.thaw());
    const timesMs: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const startedAt = performance.now();
      assert.deepEqual(await store.open('u', 'a:1'), { position: undefined, reader: undefined });
      timesMs.push(performance.now() - startedAt);
    }
    timesMs.sort((x, y) => x - y);
    assert.ok((timesMs[4] ?? Infinity) < 5, `median ${timesMs[4]} ms`);
  });
});
