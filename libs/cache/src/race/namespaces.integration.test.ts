import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest } from '@ganitagya/testing';
import { createCache } from '../index.ts';
import { openControlled } from '../testing/controlled-instance.ts';
import type { ControlledInstance } from '../testing/controlled-instance.ts';

const LONG = 'x'.repeat(99);
/** Prefixes of each other, other cases, what looks like parts of our own names in Redis. */
const namespaces = [
  ...[
    'a',
    'A',
    'a:',
    'a:b',
    'a:b:',
    'a.b',
    'a-b',
    'a:entry',
    'a:entry:k',
    'a:tag',
    'a:invalidations',
    'cache:a',
  ],
  ...[`a${LONG}`, `b${LONG}`, `a${LONG.slice(1)}`],
];
/** Also the names that one namespace would need to reach into another. */
const keys = [
  ...['k', 'b:k', 'entry:k', 'tag:t', ':', '::', '', ' ', '\n', '\r\n', 'k\n', '\0', 'k\0', '*', '?', '[k]'],
  ...[
    '{',
    '}',
    '{}',
    '{a}',
    '}:entry:k',
    'a}:entry:k',
    'cache:{a}:entry:k',
    '"',
    '\\',
    "'",
    '"\\ud800"',
    '\ud800',
  ],
  ...['__proto__', 'constructor', 'é', 'e\u0301', 'गणित', '🧮', '🧮🧮', '\u202ek', '\ufeff', '\ufffd'],
  ...['x'.repeat(100_000), `${'x'.repeat(99_999)}y`],
];
const tags = keys.filter((key) => key !== '' && key.isWellFormed());

test('equal keys and tags of namespaces with nasty names never cross, in memory and in Redis', async (t) => {
  const server = await redisForTest(t);
  const open = (namespace: string) => openControlled(t, server.url, { namespace });
  const writers = await Promise.all(namespaces.map(open));
  const readers = await Promise.all(namespaces.map(open));
  const mustNotLoad = () => assert.fail('must not load');
  const valueOf = (space: number, key: string) => `${namespaces[space]} ${JSON.stringify(key)}`;
  const tagOf = (key: string) => (tags.includes(key) ? [key] : []);
  const load = (space: number) => (missing: readonly string[]) =>
    new Map(missing.map((key) => [key, valueOf(space, key)]));

  await Promise.all(
    writers.map(async ({ cache, answered }, space) => {
      await cache.getMany(keys, load(space), { tags: (_value, key) => tagOf(key) });
      await answered();
    }),
  );
  const assertOwn = (values: ReadonlyMap<string, string>, space: number) => {
    for (const key of keys) assert.equal(values.get(key), valueOf(space, key));
  };
  for (const [space, { cache }] of readers.entries())
    assertOwn(await cache.getMany(keys, mustNotLoad), space);

  // One namespace makes everything stale in every way it can; the others notice nothing.
  const first = writers[0] as ControlledInstance;
  await Promise.all(keys.map((key) => first.cache.invalidate(key)));
  await first.cache.invalidateTags(tags);
  await first.cache.clear();
  await Promise.all([...writers, ...readers].map(({ hear }) => hear()));
  for (const [space, { cache }] of readers.entries()) {
    const held = keys.filter((key) => cache.peek(key) !== undefined);
    assert.deepEqual(held, space === 0 ? [] : keys, namespaces[space]);
    assert.equal(cache.stats().invalidationsHeard > 0, space === 0, namespaces[space]);
  }
  const third = await Promise.all(namespaces.map(open));
  for (const [space, { cache }] of third.entries()) {
    let loaded = 0;
    const values = await cache.getMany(keys, (missing) => {
      loaded = missing.length;
      return load(space)(missing);
    });
    assertOwn(values, space);
    assert.equal(loaded, space === 0 ? keys.length : 0, namespaces[space]);
  }
});

test('a tag never reaches another that it is a part of, nor a key of the same name', async (t) => {
  const server = await redisForTest(t);
  const [a, b] = await Promise.all([openControlled(t, server.url), openControlled(t, server.url)]);
  const load = (missing: readonly string[]) => new Map(missing.map((key) => [key, key]));
  await a.cache.getMany(tags, load, { tags: (_value, key) => [key] });
  await a.answered();
  await b.cache.getMany(tags, load);
  for (const [index, tag] of tags.entries()) {
    await (index % 2 === 0 ? a.cache.invalidateTags([tag]) : a.cache.invalidate(tag));
    await b.hear();
    const held = tags.filter((key) => b.cache.peek(key) !== undefined);
    assert.deepEqual(held, tags.slice(index + 1), JSON.stringify(tag.slice(0, 40)));
  }
});

test('a namespace that could leave its hash tag is refused', () => {
  for (const namespace of ['', '{', 'a}', 'a{b}', ':a', ' a', 'a\n', 'a b', 'é', 'a*', 'a'.repeat(101)]) {
    assert.throws(() => createCache({ namespace }), RangeError, JSON.stringify(namespace));
  }
});
