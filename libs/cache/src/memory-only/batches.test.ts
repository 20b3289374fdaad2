import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';
import { turn } from '../testing/controlled-instance.ts';

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
  await turn();
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
