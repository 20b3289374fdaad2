import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../testing/values.ts';
import { sizeOf } from './size-of.ts';

test('characters beyond Latin-1 make a string twice as large', () => {
  const latin = sizeOf('é'.repeat(1_000));
  assert.ok(latin >= 1_000 && latin < 1_100);
  const devanagari = sizeOf('ग'.repeat(1_000));
  assert.ok(devanagari >= 2_000 && devanagari < 2_100);
});

test('a small view of much memory counts with all of it', () => {
  assert.ok(sizeOf({ body: Buffer.alloc(1_000_000).subarray(0, 10) }) > 1_000_000);
  assert.ok(sizeOf(Buffer.from('small')) < 1_000, 'but not with the pool that others use as well');
});

test('every kind of value has a size, cycles and shared parts once', () => {
  for (const [name, value] of matrix) assert.ok(Number.isFinite(sizeOf(value)), name);
  const part = { text: 'x'.repeat(1_000) };
  const cycle: Record<string, unknown> = { first: part, second: part };
  cycle['self'] = cycle;
  assert.ok(sizeOf(cycle) < 1_500);
});

test('counting stops at the limit', () => {
  let reads = 0;
  const items = Array.from({ length: 1_000 }, () => ({
    get text() {
      reads++;
      return 'x'.repeat(100);
    },
  }));
  assert.ok(sizeOf(items, 10_000) > 10_000);
  assert.ok(reads < 100, `${reads} items were read`);
});

test('a deep value does not overflow the stack', () => {
  let deep: unknown = 'end';
  for (let i = 0; i < 100_000; i++) deep = { deep };
  assert.ok(sizeOf(deep) > 1_000_000);
});
