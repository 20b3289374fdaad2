import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Marks } from '../invalidation/marks.ts';
import { MemoryTier } from './memory.ts';

function setUp() {
  const marks = new Marks();
  const tier = new MemoryTier({ bytesMax: 100_000, marks, onEvict: () => undefined });
  const store = (key: string, storedAt: number) => {
    const times = { storedAt, earlyFrom: 300_000, freshUntil: 300_000, expiresAt: 300_000 };
    tier.set(key, { value: key, tags: [], position: marks.position, ...times }, 10);
  };
  return { tier, marks, store };
}

test('while deaf an entry lives 5 s from then, or from when it was stored', () => {
  const { tier, store } = setUp();
  store('before', 1_000);
  tier.setDeafSince(10_000);
  store('during', 13_000);
  assert.ok(tier.get('before', 14_999));
  assert.equal(tier.get('before', 15_000), undefined);
  assert.ok(tier.get('during', 17_999));
  assert.equal(tier.get('during', 18_000), undefined);
});

test('once it hears again, entries live their whole TTL', () => {
  const { tier, store } = setUp();
  tier.setDeafSince(0);
  tier.setDeafSince(undefined);
  store('key', 0);
  assert.ok(tier.get('key', 299_999));
  assert.equal(tier.get('key', 300_000), undefined);
});

test('keys and tags count as bytes', () => {
  const { tier, marks } = setUp();
  const key = 'k'.repeat(30_000);
  const times = { storedAt: 0, earlyFrom: 1, freshUntil: 1, expiresAt: 1 };
  const entry = { value: 1, tags: [], position: marks.position, ...times };
  tier.set(key, entry, 1);
  assert.ok(tier.bytes > 60_000);
  tier.set('other', { ...entry, tags: ['t'.repeat(30_000)] }, 1);
  assert.equal(tier.entries, 1, 'both do not fit');
});
