import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';
import { turn } from '../testing/controlled-instance.ts';
import { slowLoader } from '../testing/slow-loader.ts';
import { matrix } from '../testing/values.ts';

test('every value is a value: the second read does not load', async () => {
  const cache = createCache({ namespace: 'test' });
  for (const [name, value] of matrix) {
    await cache.getOrSet(name, () => value);
    assert.deepEqual(await cache.getOrSet(name, () => assert.fail(`${name} was loaded again`)), value);
  }
});

test('100 callers of a cold key make one load', async () => {
  const cache = createCache({ namespace: 'test' });
  let loads = 0;
  const load = async () => {
    await turn();
    return ++loads;
  };
  const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('key', load)));
  assert.deepEqual(new Set(values), new Set([1]));
  const { misses, shared, memoryHits } = cache.stats();
  assert.deepEqual({ misses, shared, memoryHits }, { misses: 1, shared: 99, memoryHits: 0 });
});

test('100 callers of a failing load share one error, and so do those who come soon after', async () => {
  let now = 0;
  const cache = createCache({ namespace: 'test', clock: () => now });
  let loads = 0;
  const load = async (): Promise<string> => {
    loads++;
    await turn();
    throw new Error(`failure ${loads}`);
  };
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => cache.getOrSet('key', load)));
  assert.ok(
    results.every((result) => result.status === 'rejected' && String(result.reason) === 'Error: failure 1'),
  );
  now = 249;
  await assert.rejects(cache.getOrSet('key', load), /failure 1/);
  assert.equal(loads, 1);
  now = 250;
  await assert.rejects(cache.getOrSet('key', load), /failure 2/);
  now = 749;
  await assert.rejects(cache.getOrSet('key', load), /failure 2/, 'the pause has doubled');
  now = 750;
  assert.equal(await cache.getOrSet('key', () => 'well'), 'well');
  const { loadErrors, backoffs } = cache.stats();
  assert.deepEqual({ loadErrors, backoffs }, { loadErrors: 2, backoffs: 2 });
});

test('an invalidation ends the pause after a failure', async () => {
  const cache = createCache({ namespace: 'test' });
  await assert.rejects(cache.getOrSet('key', () => Promise.reject(new Error('down'))));
  await cache.invalidate('key');
  assert.equal(await cache.getOrSet('key', () => 'well'), 'well');
});

test('a load that fails after an invalidation is no reason to pause: its error is of before', async () => {
  const cache = createCache({ namespace: 'test' });
  for (const invalidate of [
    () => cache.invalidate('key'),
    () => cache.invalidateTags(['tag']),
    () => cache.clear(),
  ]) {
    const { gates, load } = slowLoader();
    const before = cache.getOrSet('key', load, { tags: ['tag'] });
    await turn();
    await invalidate();
    gates[0]?.reject(new Error('of before'));
    await assert.rejects(before, /of before/);
    assert.equal(await cache.getOrSet('key', () => 'well'), 'well');
    await cache.clear();
  }
});

test('a load that hangs is ended by its time-out, and the next caller starts anew', async () => {
  const cache = createCache({ namespace: 'test', loadTimeoutMs: 20, errorBackoffMs: 0 });
  let signal: AbortSignal | undefined;
  await assert.rejects(
    cache.getOrSet('key', (context) => {
      signal = context.signal;
      return new Promise<never>(() => undefined);
    }),
    { code: 'resilience.timed_out' },
  );
  assert.equal(signal?.aborted, true);
  assert.equal(await cache.getOrSet('key', () => 'well'), 'well');
});

test('close waits for loads under way', async () => {
  const cache = createCache({ namespace: 'test' });
  const { gates, load } = slowLoader();
  const call = cache.getOrSet('key', load);
  let isClosed = false;
  const closing = cache.close().then(() => {
    isClosed = true;
  });
  await turn();
  assert.equal(isClosed, false);
  gates[0]?.resolve('value');
  await closing;
  assert.equal(await call, 'value');
});
