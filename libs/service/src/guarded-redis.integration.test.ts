import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createRedis } from '@ganitagya/cache';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { GuardedRedis } from './guarded-redis.ts';

async function guardedFor(t: TestContext) {
  const server = await redisForTest(t);
  const redis = createRedis(server.url, { commandTimeoutMs: 1_000 });
  t.after(() => redis.disconnect());
  await waitFor(() => redis.status === 'ready', { what: 'Redis' });
  const guarded = new GuardedRedis(redis);
  const ask = () =>
    guarded.ask<string>(
      (connection) => connection.ping(),
      () => 'instead',
    );
  return { server, guarded, redis, ask };
}

const blockFor = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('GuardedRedis', () => {
  test('a busy loop of our own is no silence of Redis', async (t) => {
    const { ask } = await guardedFor(t);
    for (let i = 0; i < 5; i += 1) {
      const answer = ask();
      // The question leaves, and its answer lies in the socket when the loop goes on.
      setImmediate(() => blockFor(120));
      assert.equal(await answer, 'PONG');
    }
  });

  test('one late answer does not send everybody away for a second', async (t) => {
    const { server, ask } = await guardedFor(t);
    server.freeze();
    assert.equal(await ask(), 'instead');
    assert.equal(await ask(), 'instead');
    server.thaw();
    const startedAt = performance.now();
    await waitFor(async () => (await ask()) === 'PONG', { what: 'an answer', intervalMs: 5 });
    assert.ok(performance.now() - startedAt < 500, `${performance.now() - startedAt} ms`);
  });

  test('silence costs 50 ms once, and is over as soon as Redis answers again', async (t) => {
    const { server, ask } = await guardedFor(t);
    server.freeze();
    const startedAt = performance.now();
    assert.equal(await ask(), 'instead');
    const firstMs = performance.now() - startedAt;
    assert.ok(firstMs >= 45, `${firstMs} ms`);
    const timesMs: number[] = [];
    for (let i = 0; i < 50; i += 1) {
      const askedAt = performance.now();
      assert.equal(await ask(), 'instead');
      timesMs.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    timesMs.sort((a, b) => a - b);
    assert.ok((timesMs[45] ?? Infinity) < 5, `${timesMs[45]} ms`);
    server.thaw();
    await waitFor(async () => (await ask()) === 'PONG', { what: 'an answer', timeoutMs: 5_000 });
  });

  test('what Redis refuses is done without, and says nothing about the next', async (t) => {
    const { guarded, ask } = await guardedFor(t);
    const refused = await guarded.ask<unknown>(
      (redis) => redis.call('NO-SUCH-COMMAND'),
      () => 'instead',
    );
    assert.equal(refused, 'instead');
    await waitFor(async () => (await ask()) === 'PONG', { what: 'an answer', timeoutMs: 500 });
  });
});
