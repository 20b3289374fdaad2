import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from './index.ts';
import type { Cache } from './index.ts';
import { matrix } from './testing/values.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A loader that counts, and answers when told. */
function slowLoader() {
  const gates: PromiseWithResolvers<string>[] = [];
  return {
    gates,
    load: () => {
      const gate = Promise.withResolvers<string>();
      gates.push(gate);
      return gate.promise;
    },
  };
}

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
    await settle();
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
    await settle();
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
      await settle();
      await invalidate(cache);
      const after = cache.getOrSet('key', load, options);
      await settle();
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
  await settle();
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
  await settle();
  await cache.invalidateTags(['theirs']);
  gates[0]?.resolve('value');
  await call;
  assert.equal(cache.peek('key'), 'value');
});

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

test('what was unknown is found once its key is invalidated', async () => {
  const cache = createCache({ namespace: 'test' });
  const options = { negative: { isNegative: (value: string | null) => value === null } };
  await cache.getOrSet<string | null>('key', () => null, options);
  await cache.invalidate('key');
  assert.equal(await cache.getOrSet<string | null>('key', () => 'created', options), 'created');
  assert.equal(cache.stats().negativeEntries, 0);
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

test('getMany loads only what is missing, in one go, and leaves out what the loader does not know', async () => {
  const cache = createCache({ namespace: 'test' });
  await cache.getOrSet('a', () => 'kept');
  const asked: (readonly string[])[] = [];
  const loadMany = (missing: readonly string[]) => {
    asked.push(missing);
    return new Map(missing.filter((key) => key !== 'unknown').map((key) => [key, `loaded ${key}`]));
  };
  const found = await cache.getMany(['b', 'a', 'unknown', 'b'], loadMany);
  assert.deepEqual(
    [...found],
    [
      ['b', 'loaded b'],
      ['a', 'kept'],
    ],
  );
  assert.deepEqual(asked, [['b', 'unknown']]);
  assert.equal(cache.peek('b'), 'loaded b');
  assert.deepEqual(await cache.getMany([], loadMany), new Map());
});

test('getMany and getOrSet share loads; an unknown key falls to the loader of its own', async () => {
  const cache = createCache({ namespace: 'test' });
  const gate = Promise.withResolvers<Map<string, string>>();
  const many = cache.getMany(['a', 'b'], () => gate.promise);
  const one = cache.getOrSet('a', () => assert.fail('must join'));
  const other = cache.getOrSet('b', () => 'own');
  const second = cache.getMany(
    ['b', 'c'],
    (missing) => new Map(missing.map((key) => [key, `second ${key}`])),
  );
  await settle();
  gate.resolve(new Map([['a', 'batch']]));
  assert.deepEqual(await many, new Map([['a', 'batch']]));
  assert.equal(await one, 'batch');
  assert.equal(await other, 'own');
  assert.deepEqual((await second).get('c'), 'second c');
  assert.ok((await second).has('b'));
});

test('a failing batch rejects all who wait and is not kept', async () => {
  const cache = createCache({ namespace: 'test', errorBackoffMs: 0 });
  const many = cache.getMany(['a', 'b'], () => Promise.reject(new Error('down')));
  const one = cache.getOrSet('a', () => 'unused');
  await assert.rejects(many, /down/);
  await assert.rejects(one, /down/);
  assert.deepEqual(await cache.getMany(['a'], () => new Map([['a', 1]])), new Map([['a', 1]]));
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

test('close waits for loads under way', async () => {
  const cache = createCache({ namespace: 'test' });
  const { gates, load } = slowLoader();
  const call = cache.getOrSet('key', load);
  let isClosed = false;
  const closing = cache.close().then(() => {
    isClosed = true;
  });
  await settle();
  assert.equal(isClosed, false);
  gates[0]?.resolve('value');
  await closing;
  assert.equal(await call, 'value');
});

test('options that make no sense are refused', async () => {
  assert.throws(() => createCache({ namespace: 'a{b}' }), /namespace/);
  assert.throws(() => createCache({ namespace: '' }), /namespace/);
  assert.throws(() => createCache({ namespace: 'test', memory: { bytesMax: 0 } }), /bytesMax/);
  assert.throws(() => createCache({ namespace: 'test', remote: { ttlMs: 1.5 } }), /ttlMs/);
  const cache = createCache({ namespace: 'test' });
  await assert.rejects(
    cache.getOrSet('key', () => 1, { ttlMs: -1 }),
    /ttlMs/,
  );
  await assert.rejects(
    cache.getOrSet('key', () => 1, { tags: [''] }),
    /tag/,
  );
  await assert.rejects(cache.invalidateTags(['\ud800']), /tag/);
});
