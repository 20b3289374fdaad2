import assert from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import { test } from 'node:test';
import { redisForTest } from '@ganitagya/testing';
import { createCache } from './index.ts';
import type { Serializer } from './index.ts';
import { openInstance } from './testing/instance.ts';

/** Notes what it is asked to encode. */
function noting() {
  const encoded: unknown[] = [];
  const serializer: Serializer = {
    id: 16,
    encode: (value) => {
      encoded.push(value);
      return serialize(value);
    },
    decode: deserialize,
  };
  return { encoded, serializer };
}

const negative = { isNegative: (value: unknown) => value === null };

test('without Redis nothing is encoded, and the bytes held are counted all the same', async () => {
  const { encoded, serializer } = noting();
  const cache = createCache({ namespace: 'test', serializer, memory: { bytesMax: 1_000_000 } });
  for (let id = 0; id < 100; id++) await cache.getOrSet(`key ${id}`, () => ({ text: 'x'.repeat(50_000) }));
  const { bytes, entries, evictions } = cache.stats();
  assert.deepEqual(encoded, []);
  assert.ok(bytes > 900_000 && bytes <= 1_000_000, `${bytes} bytes`);
  assert.equal(entries + evictions, 100);
});

test('without Redis what has no encoding is kept as well, and counted', async () => {
  const cache = createCache({ namespace: 'test', memory: { bytesMax: 1_000_000 } });
  const errors: string[] = [];
  cache.events.on('tierError', ({ operation }) => errors.push(operation));
  const load = () => Object.assign(() => 1, { text: 'x'.repeat(50_000) });
  for (let id = 0; id < 100; id++) await cache.getOrSet(`key ${id}`, load);
  assert.equal(cache.peek<() => number>('key 99')?.(), 1);
  assert.ok(cache.stats().entries < 20, 'the bound holds');
  assert.deepEqual(errors, []);
});

test('a value is encoded once for Redis; a negative one, and one that Redis will not get, never', async (t) => {
  const server = await redisForTest(t);
  const { encoded, serializer } = noting();
  const { cache } = await openInstance(t, server.url, { serializer });
  await cache.getOrSet('key', () => 'value');
  await cache.getOrSet('key', () => 'again');
  assert.deepEqual(encoded, ['value']);
  await cache.getOrSet('unknown', () => null, { negative });
  assert.deepEqual(encoded, ['value']);
  assert.equal(cache.peek('unknown'), null);
  await server.kill();
  await cache.getOrSet('other', () => 'without Redis');
  assert.equal(cache.peek('other'), 'without Redis');
  assert.deepEqual(encoded, ['value']);
});

test('a value that cannot be encoded is told of, kept here, and its lease is given back', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  const errors: string[] = [];
  a.cache.events.on('tierError', ({ operation }) => errors.push(operation));
  const load = () => ({ method: () => 1 });
  assert.equal((await a.cache.getOrSet('key', load)).method(), 1);
  assert.equal(a.cache.peek<ReturnType<typeof load>>('key')?.method(), 1);
  assert.deepEqual(errors, ['encode']);
  await b.cache.getOrSet('key', load);
  const { loads, leaseTimeouts } = b.cache.stats();
  assert.deepEqual({ loads, leaseTimeouts }, { loads: 1, leaseTimeouts: 0 });
  await b.cache.invalidate('key');
  assert.equal(b.cache.peek('key'), undefined);
});
