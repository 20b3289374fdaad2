import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { openInstance } from './testing/instance.ts';

/** Two processes' worth of caches over one Redis, with a loader that counts and answers when told. */
async function setUp(t: Parameters<typeof redisForTest>[0], options: object = {}) {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([
    openInstance(t, server.url, options),
    openInstance(t, server.url, options),
  ]);
  const gates: PromiseWithResolvers<string>[] = [];
  const load = () => {
    const gate = Promise.withResolvers<string>();
    gates.push(gate);
    return gate.promise;
  };
  const isStored = (key: string, value = 'v') => a.redis.hexists(`cache:{test}:entry:${key}`, value);
  return { a, b, gates, load, isStored };
}

const swr = { ttlMs: 200, staleMs: 60_000, tags: ['tag'] };

test('a stale value is served by all processes while one of them loads, and all get what it gives', async (t) => {
  const { a, b, gates, load, isStored } = await setUp(t);
  await a.cache.getOrSet('key', () => 'old', swr);
  await waitFor(() => isStored('key'));
  await b.cache.getOrSet('key', () => assert.fail('must not load'), swr);
  await waitFor(() => a.cache.peek('key') === undefined && b.cache.peek('key') === undefined);
  const sleepUntilStale = async () => (await a.redis.pttl('cache:{test}:entry:key')) <= 60_000;
  await waitFor(sleepUntilStale);
  for (const { cache } of [a, b, a, b]) assert.equal(await cache.getOrSet('key', load, swr), 'old');
  await waitFor(() => a.cache.stats().leaseWaits + b.cache.stats().leaseWaits === 1);
  assert.equal(gates.length, 1);
  gates[0]?.resolve('new');
  await waitFor(() => a.cache.peek('key') === 'new' && b.cache.peek('key') === 'new');
  assert.equal(gates.length, 1, 'the other process took what arrived');
});

test('a process without a copy gets the stale value from Redis at once', async (t) => {
  const { a, b, gates, load, isStored } = await setUp(t);
  await a.cache.getOrSet('key', () => 'old', swr);
  await waitFor(() => isStored('key'));
  await waitFor(async () => (await a.redis.pttl('cache:{test}:entry:key')) <= 60_000);
  assert.equal(await b.cache.getOrSet('key', load, swr), 'old');
  assert.equal(b.cache.stats().staleHits, 1);
  gates[0]?.resolve('new');
  await waitFor(() => b.cache.peek('key') === 'new');
});

test('an invalidated value is not served stale from Redis either', async (t) => {
  for (const invalidate of ['key', 'tag', 'all'] as const) {
    const { a, b, isStored } = await setUp(t);
    await a.cache.getOrSet('key', () => 'old', swr);
    await waitFor(() => isStored('key'));
    await waitFor(async () => (await a.redis.pttl('cache:{test}:entry:key')) <= 60_000);
    if (invalidate === 'key') await a.cache.invalidate('key');
    else if (invalidate === 'tag') await a.cache.invalidateTags(['tag']);
    else await a.cache.clear();
    await assert.rejects(
      b.cache.getOrSet('key', () => Promise.reject(new Error('down')), swr),
      /down/,
      invalidate,
    );
  }
});

test('after a failed load no other process tries while all have a stale value', async (t) => {
  const { a, b, isStored } = await setUp(t, { errorBackoffMs: 60_000 });
  await a.cache.getOrSet('key', () => 'old', swr);
  await waitFor(() => isStored('key'));
  await waitFor(async () => (await a.redis.pttl('cache:{test}:entry:key')) <= 60_000);
  let loads = 0;
  const broken = () => {
    loads++;
    return Promise.reject<string>(new Error('down'));
  };
  assert.equal(await a.cache.getOrSet('key', broken, swr), 'old');
  await waitFor(() => a.redis.hexists('cache:{test}:lease:entry:key', 'e'));
  for (let i = 0; i < 5; i++) assert.equal(await b.cache.getOrSet('key', broken, swr), 'old');
  assert.equal(loads, 1);
});

test('an invalidation during a leased load: the next caller anywhere loads at once, the late value is refused', async (t) => {
  const { a, b, gates, load, isStored } = await setUp(t);
  const options = { tags: ['tag'] };
  for (const [key, invalidate] of [
    ['a', () => b.cache.invalidate('a')],
    ['b', () => b.cache.invalidateTags(['tag'])],
    ['c', () => b.cache.clear()],
  ] as const) {
    gates.length = 0;
    const first = a.cache.getOrSet(key, load, options);
    await waitFor(() => gates.length === 1);
    await invalidate();
    assert.equal(await b.cache.getOrSet(key, () => 'new', options), 'new', 'must not wait for the load');
    gates[0]?.resolve('old');
    await first;
    await waitFor(() => isStored(key));
    assert.equal(await a.cache.getOrSet(key, () => assert.fail('must not load'), options), 'new');
    assert.equal(b.cache.peek(key), 'new');
  }
});

test('a value is refreshed early by one process, and the others take what it loaded', async (t) => {
  const { a, b, isStored } = await setUp(t);
  let loads = 0;
  const load = async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 150));
    return loads;
  };
  const options = { ttlMs: 2_000 };
  await a.cache.getOrSet('key', load, options);
  await waitFor(() => isStored('key'));
  await b.cache.getOrSet('key', load, options);
  await waitFor(async () => {
    for (const { cache } of [a, b]) {
      // Often asked for: the more often, the likelier it is refreshed in time.
      for (let i = 0; i < 100; i++) await cache.getOrSet('key', load, options);
    }
    return [a, b].every(({ cache }) => Number(cache.peek('key')) >= 2);
  });
  const [mine, theirs] = [a.cache.stats(), b.cache.stats()];
  // Nobody has waited for another load than the first.
  assert.equal(mine.misses + theirs.misses, 1);
  assert.equal(mine.earlyRefreshes + theirs.earlyRefreshes, loads - 1);
});

test('when messages cannot be heard nobody waits for another process', async (t) => {
  const { a, b, gates, load } = await setUp(t);
  const first = a.cache.getOrSet('key', load);
  await waitFor(() => gates.length === 1);
  await b.cache.close();
  const late = await openInstance(t, `redis://127.0.0.1:${a.redis.options.port ?? 0}`);
  const waiting = late.cache.getOrSet('key', () => 'own');
  await waitFor(() => late.cache.stats().leaseWaits === 1);
  await a.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  assert.equal(await waiting, 'own');
  gates[0]?.resolve('theirs');
  assert.equal(await first, 'theirs');
});

test('close gives leases back', async (t) => {
  const { a, b, gates, load } = await setUp(t);
  const failing = a.cache.getOrSet('key', load);
  await waitFor(() => gates.length === 1);
  const waiting = b.cache.getOrSet('key', () => 'own');
  await waitFor(() => b.cache.stats().leaseWaits === 1);
  const closing = a.cache.close();
  gates[0]?.reject(new Error('down'));
  await assert.rejects(failing, /down/);
  await closing;
  assert.equal(await waiting, 'own');
  assert.equal(b.cache.stats().leaseTimeouts, 0);
});

test('a batch waits for what others load and loads the rest in one go', async (t) => {
  const { a, b } = await setUp(t);
  const gate = Promise.withResolvers<undefined>();
  const batch = (name: string, asked: (readonly string[])[]) => async (missing: readonly string[]) => {
    asked.push(missing);
    await gate.promise;
    return new Map(missing.map((key) => [key, name]));
  };
  const [ofA, ofB]: [(readonly string[])[], (readonly string[])[]] = [[], []];
  const first = a.cache.getMany(['1', '2', '3'], batch('a', ofA));
  await waitFor(() => ofA.length === 1);
  const second = b.cache.getMany(['2', '3', '4', '5'], batch('b', ofB));
  await waitFor(() => ofB.length === 1);
  gate.resolve(undefined);
  assert.deepEqual([...(await second).values()], ['a', 'a', 'b', 'b']);
  await first;
  assert.deepEqual([ofA, ofB], [[['1', '2', '3']], [['4', '5']]]);
});
