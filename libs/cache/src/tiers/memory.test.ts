import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Marks } from '../invalidation/marks.ts';
import { MemoryTier } from './memory.ts';

function setUp() {
  const marks = new Marks();
  const tier = new MemoryTier({ bytesMax: 100_000, marks, onEvict: () => undefined });
  const store = (key: string, storedAt: number) => {
    tier.set(key, { value: key, tags: [], position: marks.position, storedAt, expiresAt: 300_000 });
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
  const kept = { value: 1, tags: [], position: marks.position, storedAt: 0, expiresAt: 1 };
  for (let i = 0; i < 100; i++) tier.set(`${i}`.repeat(5_000), kept);
  assert.ok(tier.bytes > 80_000 && tier.bytes <= 100_000, `${tier.bytes} bytes`);
  tier.clear();
  for (let i = 0; i < 100; i++) tier.set(`${i}`, { ...kept, tags: ['t'.repeat(10_000)] });
  assert.ok(tier.entries < 10);
});

test('a value of more than an eighth of the bound is not kept, takes the place of none, and ends what was there', () => {
  const { tier, marks } = setUp();
  const kept = { tags: [], position: marks.position, storedAt: 0, expiresAt: 1 };
  for (let i = 0; i < 20; i++) tier.set(`key ${i}`, { ...kept, value: 'x'.repeat(1_000) });
  tier.set('key 0', { ...kept, value: Buffer.alloc(13_000) });
  assert.equal(tier.get('key 0', 0), undefined, 'the older value must not be served in its place');
  assert.equal(tier.entries, 19);
});

test('an entry that outlived unrelated invalidations is still stale after its own', () => {
  const { tier, marks } = setUp();
  const kept = { tags: ['mine'], position: marks.position, storedAt: 0, expiresAt: 1 };
  tier.set('key', { ...kept, value: 1 });
  for (let i = 0; i < 3; i++) {
    marks.markTags(['theirs']);
    assert.ok(tier.get('key', 0));
  }
  marks.markTags(['mine']);
  assert.equal(tier.get('key', 0), undefined);
});
