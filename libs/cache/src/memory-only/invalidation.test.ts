import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';
import type { Cache } from '../index.ts';
import { turn } from '../testing/controlled-instance.ts';
import { slowLoader } from '../testing/slow-loader.ts';

const invalidations: [name: string, invalidate: (cache: Cache) => Promise<void>][] = [
  ['its key', (cache) => cache.invalidate('key')],
  ['its tag', (cache) => cache.invalidateTags(['other', 'tag'])],
  ['everything', (cache) => cache.clear()],
];
const taggings = [
  ['tags', { tags: ['tag'] }],
  ['tags that depend on the value', { tags: () => ['tag'] }],
] as const;

for (const [what, invalidate] of invalidations) {
  for (const [how, options] of taggings) {
    test(`invalidating ${what} during a load (${how}): later callers load anew, nothing stale is kept`, async () => {
      const cache = createCache({ namespace: 'test' });
      const { gates, load } = slowLoader();
      const before = cache.getOrSet('key', load, options);
      await turn();
      await invalidate(cache);
      const after = cache.getOrSet('key', load, options);
      await turn();
      assert.equal(gates.length, 2, 'the later caller must not join the older load');
      gates[1]?.resolve('new');
      assert.equal(await after, 'new');
      gates[0]?.resolve('old');
      assert.equal(await before, 'old', 'who came before gets what was loaded');
      assert.equal(cache.peek('key'), 'new');
      assert.equal(cache.stats().staleRejected, 1);
    });
  }

  test(`invalidating ${what} drops what is kept`, async () => {
    const cache = createCache({ namespace: 'test' });
    await cache.getOrSet('key', () => 'old', { tags: ['tag'] });
    await cache.getOrSet('unrelated', () => 'kept', { tags: ['another'] });
    await invalidate(cache);
    assert.equal(cache.peek('key'), undefined);
    assert.equal(cache.peek('unrelated'), what === 'everything' ? undefined : 'kept');
  });
}

test('a key invalidation reaches every load of the key, also those that are no longer joined', async () => {
  const cache = createCache({ namespace: 'test' });
  const { gates, load } = slowLoader();
  const options = { tags: () => ['mine'] };
  const calls = [cache.getOrSet('key', load, options)];
  await cache.invalidateTags(['theirs']);
  calls.push(cache.getOrSet('key', load, options));
  await turn();
  assert.equal(gates.length, 2, 'tags not known yet: the second caller could not join');
  await cache.invalidate('key');
  for (const gate of gates) gate.resolve('old');
  assert.deepEqual(await Promise.all(calls), ['old', 'old']);
  assert.equal(cache.peek('key'), undefined);
});

test('an unrelated tag does not disturb a load', async () => {
  const cache = createCache({ namespace: 'test' });
  const { gates, load } = slowLoader();
  const call = cache.getOrSet('key', load, { tags: () => ['mine'] });
  await turn();
  await cache.invalidateTags(['theirs']);
  gates[0]?.resolve('value');
  await call;
  assert.equal(cache.peek('key'), 'value');
});

test('what was unknown is found once its key is invalidated', async () => {
  const cache = createCache({ namespace: 'test' });
  const options = { negative: { isNegative: (value: string | null) => value === null } };
  await cache.getOrSet<string | null>('key', () => null, options);
  await cache.invalidate('key');
  assert.equal(await cache.getOrSet<string | null>('key', () => 'created', options), 'created');
  assert.equal(cache.stats().negativeEntries, 0);
});

test('more invalidated tags than can be remembered drop everything instead', async () => {
  const cache = createCache({ namespace: 'test' });
  await cache.getOrSet('key', () => 'old', { tags: ['first'] });
  await cache.invalidateTags(['first']);
  const reasons: string[] = [];
  cache.events.on('dropped', ({ reason }) => reasons.push(reason));
  await cache.invalidateTags(Array.from({ length: 10_000 }, (_, i) => `tag ${i}`));
  assert.deepEqual(reasons, ['overflow']);
  assert.equal(cache.peek('key'), undefined);
  assert.equal(await cache.getOrSet('key', () => 'new', { tags: ['first'] }), 'new');
  assert.equal(cache.peek('key'), 'new');
});
