import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createRedis } from '@ganitagya/cache';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { LeasedLimit } from './leased-limit.ts';
import { RedisWindows } from './redis-windows.ts';

const WINDOW_MS = 60_000;

/** Limits of so many processes on one Redis, each with a connection of its own. */
async function processesOn(t: TestContext, count: number, limit: number) {
  const server = await redisForTest(t);
  const redises = Array.from({ length: count }, () => createRedis(server.url, { commandTimeoutMs: 1_000 }));
  t.after(() => redises.forEach((redis) => redis.disconnect()));
  await waitFor(() => redises.every(({ status }) => status === 'ready'), { what: 'Redis' });
  const limits = redises.map(
    (redis) =>
      new LeasedLimit({
        windows: new RedisWindows(redis, 'test:'),
        prefix: 'all:',
        limit,
        windowMs: WINDOW_MS,
      }),
  );
  const [redis] = redises;
  assert.ok(redis !== undefined);
  return { server, limits, redis };
}

/** How many of so many hits, in turns, were within the limit. */
async function letThrough(limits: readonly LeasedLimit[], hits: number, key = 'k'): Promise<number> {
  let within = 0;
  for (let i = 0; i < hits; i += 1) {
    const limit = limits[i % limits.length];
    assert.ok(limit !== undefined);
    if ((await limit.hit(key)).count <= limit.limit) within += 1;
  }
  return within;
}

describe('LeasedLimit over processes', () => {
  for (const [processes, limit] of [
    [2, 600],
    [4, 600],
    [8, 1_000],
  ] as const) {
    test(`${processes} let through ${limit}, and at most a fiftieth more for each further one`, async (t) => {
      const { limits } = await processesOn(t, processes, limit);
      const within = await letThrough(limits, 3 * limit);
      const surplusMax = ((processes - 1) * limit) / 50;
      assert.ok(within >= limit && within <= limit + surplusMax, `${within} of ${limit}`);
      t.diagnostic(`${within - limit} too many, ${surplusMax} allowed`);
    });
  }

  test('a limit below fifty is exact, whoever asks', async (t) => {
    const { limits } = await processesOn(t, 3, 40);
    assert.equal(await letThrough(limits, 100), 40);
    assert.equal(await letThrough(limits, 100, 'another'), 40);
  });

  test('a process that comes later learns what the others have counted', async (t) => {
    const { limits } = await processesOn(t, 2, 600);
    const [first, second] = limits;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(await letThrough([first], 1_000), 600);
    assert.ok((await letThrough([second], 1_000)) <= 600 / 50);
  });

  test('what is far from its limit is hardly ever asked for, what is over it never again', async (t) => {
    const { limits, redis } = await processesOn(t, 1, 12_000);
    const evals = async () =>
      Number(/cmdstat_eval:calls=(\d+)/u.exec(await redis.info('commandstats'))?.[1] ?? 0);
    const [limit] = limits;
    assert.ok(limit !== undefined);
    for (let i = 0; i < 100; i += 1) assert.ok(!(limit.hit('far') instanceof Promise));
    assert.equal(await evals(), 0);
    await letThrough(limits, 6_000, 'half');
    assert.ok((await evals()) <= 100, `${await evals()} of 6,000`);

    await letThrough(limits, 12_001, 'over');
    const before = await evals();
    const after = await letThrough(limits, 100, 'over');
    assert.deepEqual([after, await evals()], [0, before]);
  });

  test('tells in the background, so that hits of one process do not wait', async (t) => {
    const { limits, redis } = await processesOn(t, 1, 600);
    const [limit] = limits;
    assert.ok(limit !== undefined);
    for (let i = 0; i < 7; i += 1) assert.ok(!(limit.hit('k') instanceof Promise));
    await waitFor(async () => (await redis.get('test:all:k')) === '7', { what: 'the count in Redis' });
    assert.ok((await redis.pttl('test:all:k')) > WINDOW_MS - 30_000);
  });

  test('tells the rest when it is closed', async (t) => {
    const { limits, redis } = await processesOn(t, 1, 600);
    await letThrough(limits, 3);
    await limits[0]?.close();
    assert.equal(await redis.get('test:all:k'), '3');
  });

  for (const fault of ['kill', 'freeze'] as const) {
    test(`after ${fault} each process goes on from what it knows, and nobody waits`, async (t) => {
      const { server, limits } = await processesOn(t, 2, 600);
      await letThrough(limits, 200);
      if (fault === 'kill') await server.kill();
      else server.freeze();
      t.after(() => server.thaw());
      const startedAt = performance.now();
      const within = await letThrough(limits, 3_000);
      const tookMs = performance.now() - startedAt;
      assert.ok(within >= 400 && within <= 2 * 600 - 200, `${within}`);
      assert.ok(tookMs < 1_000, `${tookMs} ms`);
    });
  }
});

describe('LeasedLimit in one process', () => {
  const windows = new RedisWindows(undefined, '');

  test('a window ends, and with it the refusals', async () => {
    let now = 0;
    const limit = new LeasedLimit({ windows, prefix: '', limit: 100, windowMs: 1_000, now: () => now });
    assert.equal(await letThrough([limit], 150), 100);
    assert.deepEqual(await limit.hit('k'), { count: 101, ttlMs: 1_000 });
    now = 1_000;
    assert.equal(await letThrough([limit], 150), 100);
  });

  test('remembers a bounded number of keys, the oldest window goes first', async () => {
    const limit = new LeasedLimit({ windows, prefix: '', limit: 10, windowMs: WINDOW_MS, keysMax: 2 });
    await letThrough([limit], 5, 'a');
    await letThrough([limit], 1, 'b');
    assert.equal((await limit.hit('a')).count, 6);
    await letThrough([limit], 1, 'c');
    assert.equal((await limit.hit('a')).count, 1);
  });
});
