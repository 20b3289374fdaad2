import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';

test('values live as long as the memory TTL and the option allow, ±10 %', async () => {
  let now = 0;
  const cache = createCache({ namespace: 'test', memory: { ttlMs: 1_000 }, clock: () => now });
  await cache.getOrSet('default', () => 1);
  await cache.getOrSet('short', () => 1, { ttlMs: 100 });
  await cache.getOrSet('long', () => 1, { ttlMs: 10_000 });
  const held = () => ['default', 'short', 'long'].filter((key) => cache.peek(key) !== undefined);
  now = 89;
  assert.deepEqual(held(), ['default', 'short', 'long']);
  now = 111;
  assert.deepEqual(held(), ['default', 'long']);
  now = 899;
  assert.deepEqual(held(), ['default', 'long']);
  now = 1_101;
  assert.deepEqual(held(), []);
});

test('entries of one moment do not expire together', async () => {
  let now = 0;
  const cache = createCache({ namespace: 'test', memory: { ttlMs: 1_000 }, clock: () => now });
  for (let i = 0; i < 100; i++) await cache.getOrSet(`key ${i}`, () => i);
  now = 1_000;
  const left = Array.from({ length: 100 }, (_, i) => cache.peek(`key ${i}`)).filter(
    (value) => value !== undefined,
  );
  assert.ok(left.length > 10 && left.length < 90, `${left.length} of 100 left at the TTL`);
});

test('negative values are short-lived, bounded, and cannot flush the others', async () => {
  let now = 0;
  const cache = createCache({
    namespace: 'test',
    memory: { bytesMax: 100_000, negativeEntriesMax: 50 },
    clock: () => now,
  });
  const negative = { isNegative: (value: string | null) => value === null };
  await cache.getOrSet<string | null>('real', () => 'value', { negative });
  for (let i = 0; i < 5_000; i++)
    await cache.getOrSet<string | null>(`unknown ${i}`, () => null, { negative });
  assert.equal(cache.peek('real'), 'value');
  assert.equal(cache.peek('unknown 4999'), null);
  assert.equal(cache.stats().negativeEntries, 50);
  now = 33_001;
  assert.equal(cache.peek('unknown 4999'), undefined);
  assert.equal(cache.peek('real'), 'value');
});

test('memory is bounded by bytes; a value larger than the bound is passed through', async () => {
  const cache = createCache({ namespace: 'test', memory: { bytesMax: 1_000_000 } });
  for (let i = 0; i < 100; i++) await cache.getOrSet(`key ${i}`, () => Buffer.alloc(50_000));
  const { bytes, entries, evictions } = cache.stats();
  assert.ok(bytes <= 1_000_000 && bytes > 900_000, `${bytes} bytes`);
  assert.equal(entries + evictions, 100);
  assert.ok(cache.peek('key 99'), 'the latest stays');
  const huge = await cache.getOrSet('huge', () => Buffer.alloc(2_000_000));
  assert.equal(huge.length, 2_000_000);
  assert.equal(cache.peek('huge'), undefined);
  assert.equal(cache.stats().entries, entries, 'a huge value must not flush the others');
});
