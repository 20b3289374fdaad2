import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { isDueEarly, lifetime } from './freshness.ts';
import { createCache } from './index.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A memory-only cache whose time a test moves, and a loader that a test answers. */
function setUp(options: object = {}) {
  let now = 0;
  const cache = createCache({ namespace: 'test', clock: () => now, ...options });
  const gates: PromiseWithResolvers<string>[] = [];
  const load = () => {
    const gate = Promise.withResolvers<string>();
    gates.push(gate);
    return gate.promise;
  };
  return {
    cache,
    gates,
    load,
    at: (time: number) => {
      now = time;
    },
  };
}

const swr = { ttlMs: 1_000, staleMs: 5_000 };

test('a stale value is answered at once while one load gives the next', async () => {
  const { cache, gates, load, at } = setUp();
  await cache.getOrSet('key', () => 'old', swr);
  at(1_200);
  const answers = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('key', load, swr)));
  assert.deepEqual(new Set(answers), new Set(['old']));
  assert.equal(gates.length, 1);
  assert.equal(cache.stats().staleHits, 100);
  assert.equal(cache.peek('key'), undefined, 'peek gives what is fresh');
  gates[0]?.resolve('new');
  await settle();
  assert.equal(cache.peek('key'), 'new');
});

test('after its stale time a value is gone', async () => {
  const { cache, at } = setUp();
  await cache.getOrSet('key', () => 'old', swr);
  at(6_200);
  assert.equal(await cache.getOrSet('key', () => 'new', swr), 'new');
});

test('what was invalidated is never served stale, not even when its load fails', async () => {
  for (const invalidation of ['key', 'tag', 'all'] as const) {
    const { cache, at } = setUp({ errorBackoffMs: 0 });
    const options = { ...swr, tags: ['tag'] };
    await cache.getOrSet('key', () => 'old', options);
    at(1_200);
    const refresh = Promise.withResolvers<string>();
    assert.equal(await cache.getOrSet('key', () => refresh.promise, options), 'old');
    if (invalidation === 'key') await cache.invalidate('key');
    else if (invalidation === 'tag') await cache.invalidateTags(['tag']);
    else await cache.clear();
    const later = cache.getOrSet('key', () => Promise.reject(new Error('down')), options);
    await assert.rejects(later, /down/, invalidation);
    refresh.resolve('read before the invalidation');
    await settle();
    assert.equal(await cache.getOrSet('key', () => 'new', options), 'new', invalidation);
  }
});

test('when the load fails the stale value stays, and the next try waits', async () => {
  const { cache, at } = setUp();
  let loads = 0;
  const broken = () => {
    loads++;
    return Promise.reject<string>(new Error('down'));
  };
  await cache.getOrSet('key', () => 'old', swr);
  at(1_200);
  for (let i = 0; i < 3; i++) {
    assert.equal(await cache.getOrSet('key', broken, swr), 'old');
    await settle();
  }
  assert.equal(loads, 1);
  assert.equal(cache.stats().staleOnError, 1);
  at(2_201);
  assert.equal(await cache.getOrSet('key', broken, swr), 'old');
  await settle();
  assert.equal(loads, 2);
  at(6_200);
  await assert.rejects(cache.getOrSet('key', broken, swr), /down/, 'the bound of staleness');
});

test('a soft time-out gives the new value to those who need not wait long, else the stale one', async () => {
  const { cache, gates, load, at } = setUp();
  const options = { ...swr, softTimeoutMs: 30 };
  await cache.getOrSet('key', () => 'old', options);
  at(1_200);
  const quick = cache.getOrSet('key', load, options);
  await settle();
  gates[0]?.resolve('new');
  assert.equal(await quick, 'new');
  at(2_400);
  assert.equal(await cache.getOrSet('key', load, options), 'new', 'stale, the load is still under way');
  gates[1]?.resolve('newer');
  await settle();
  assert.equal(cache.peek('key'), 'newer');
  at(3_600);
  const failing = cache.getOrSet('key', () => Promise.reject<string>(new Error('down')), options);
  assert.equal(await failing, 'newer');
});

test('a stale answer is given to nobody who comes after its stale time, though its load goes on', async () => {
  const { cache, gates, load, at } = setUp();
  const options = { ttlMs: 100, staleMs: 100, softTimeoutMs: 1 };
  await cache.getOrSet('key', () => 'old', options);
  at(150);
  assert.equal(await cache.getOrSet('key', load, options), 'old');
  at(250);
  const later = cache.getOrSet('key', load, options);
  await settle();
  gates.forEach((gate) => gate.resolve('new'));
  assert.equal(await later, 'new');
});

test('what comes after the hard time-out is kept when it still holds', async () => {
  const { cache, gates, load } = setUp({ loadTimeoutMs: 20 });
  await assert.rejects(cache.getOrSet('key', load), { code: 'resilience.timed_out' });
  gates[0]?.resolve('late');
  await settle();
  assert.equal(cache.peek('key'), 'late');
  assert.equal(cache.stats().lateLoads, 1);
});

test('what comes after the hard time-out and an invalidation is not kept', async () => {
  const { cache, gates, load } = setUp({ loadTimeoutMs: 20 });
  await assert.rejects(cache.getOrSet('key', load), { code: 'resilience.timed_out' });
  await cache.invalidate('key');
  gates[0]?.resolve('late');
  await settle();
  assert.equal(cache.peek('key'), undefined);
});

test('a slow value is loaded anew before its time is up, by one caller, and nobody waits', async () => {
  const { cache, gates, load, at } = setUp({ memory: { ttlMs: 100_000 } });
  const first = cache.getOrSet('key', load);
  await settle();
  at(2_000);
  gates[0]?.resolve('old');
  await first;
  at(50_000);
  for (let i = 0; i < 1_000; i++) await cache.getOrSet('key', load);
  assert.equal(gates.length, 1, 'far from the end');
  const isRefreshed = () => gates.length > 1;
  // Its end is somewhere between, by the jitter of the TTL.
  for (let time = 80_000; time < 112_000 && !isRefreshed(); time += 500) {
    at(time);
    for (let i = 0; i < 1_000; i++) assert.equal(await cache.getOrSet('key', load), 'old');
    assert.equal(cache.peek('key'), 'old', 'still fresh');
  }
  for (let i = 0; i < 1_000; i++) await cache.getOrSet('key', load);
  assert.equal(gates.length, 2, 'one load');
  assert.equal(cache.stats().earlyRefreshes, 1);
  gates[1]?.resolve('new');
  await settle();
  assert.equal(cache.peek('key'), 'new');
});

test('early refresh can be turned off', async () => {
  const { cache, gates, load, at } = setUp({ memory: { ttlMs: 100_000 }, earlyRefreshBeta: 0 });
  const first = cache.getOrSet('key', load);
  await settle();
  at(2_000);
  gates[0]?.resolve('old');
  await first;
  for (let time = 80_000; cache.peek('key') !== undefined; time += 500) {
    at(time);
    if (cache.peek('key') === undefined) break;
    for (let i = 0; i < 1_000; i++) await cache.getOrSet('key', load);
  }
  assert.equal(gates.length, 1);
});

test('early refreshes come as often as XFetch says', () => {
  const life = lifetime(0, 100_000, 0, 1_000);
  const share = (now: number) => {
    let due = 0;
    for (let i = 0; i < 20_000; i++) if (isDueEarly(life, now)) due++;
    return due / 20_000;
  };
  for (const loadTimesLeft of [0.5, 1, 2, 4]) {
    const expected = Math.exp(-loadTimesLeft);
    assert.ok(Math.abs(share(100_000 - loadTimesLeft * 1_000) - expected) < 0.03, `${loadTimesLeft}`);
  }
  assert.equal(share(50_000), 0);
});

test('loads can be watched on a diagnostics channel', async () => {
  const { cache } = setUp();
  const seen: unknown[] = [];
  const onStart = (message: unknown) => seen.push(message);
  subscribe('tracing:ganitagya.cache.load:start', onStart);
  await cache.getOrSet('key', () => 1);
  unsubscribe('tracing:ganitagya.cache.load:start', onStart);
  const [{ namespace, keys }] = seen as [{ namespace: string; keys: string[] }];
  assert.deepEqual({ namespace, keys }, { namespace: 'test', keys: ['key'] });
});

test('getMany answers stale values at once and loads them in one batch', async () => {
  const { cache, at } = setUp();
  const asked: (readonly string[])[] = [];
  const loadMany = (missing: readonly string[]) => {
    asked.push(missing);
    return new Map(missing.map((key) => [key, `${key} ${asked.length}`]));
  };
  await cache.getMany(['a', 'b'], loadMany, swr);
  at(1_200);
  const found = await cache.getMany(['a', 'b', 'c'], loadMany, swr);
  assert.deepEqual([...found.values()].slice(0, 2), ['a 1', 'b 1']);
  await settle();
  assert.deepEqual(
    asked.slice(1).toSorted((x, y) => x.length - y.length),
    [['c'], ['a', 'b']],
  );
  assert.notEqual(cache.peek('a'), 'a 1');
});
