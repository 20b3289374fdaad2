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

test('a small Buffer counts with all that it holds on to, once', () => {
  const memory = Buffer.alloc(1_000_000);
  const size = sizeOf({ head: memory.subarray(0, 10), body: memory.subarray(10, 20) });
  assert.ok(size > 1_000_000 && size < 1_002_000, `${size} bytes`);
  assert.ok(sizeOf(Buffer.alloc(1_000)) < 1_500);
});

test('every kind of value has a size, cycles and shared parts once', () => {
  for (const [name, value] of matrix) assert.ok(Number.isFinite(sizeOf(value)), name);
  const part = { text: 'x'.repeat(1_000) };
  const cycle: Record<string, unknown> = { first: part, second: part };
  cycle['self'] = cycle;
  assert.ok(sizeOf(cycle) < 1_500);
});

test('a function counts, and what is tied to it', () => {
  assert.ok(sizeOf(() => 1) > 0);
  assert.ok(sizeOf(Object.assign(() => 1, { text: 'x'.repeat(1_000) })) >= 1_000);
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
