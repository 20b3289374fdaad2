import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';
import { matrix } from '../testing/values.ts';
import { deepFreeze } from './deep-freeze.ts';

test('plain objects and arrays are frozen at every depth, cycles included', () => {
  const value = { lessons: [{ title: { en: 'Sets' } }], self: undefined as unknown };
  value.self = value;
  deepFreeze(value);
  assert.throws(() => value.lessons.push({ title: { en: 'More' } }), TypeError);
  assert.throws(() => {
    (value.lessons[0] as { title: { en: string } }).title.en = 'Changed';
  }, TypeError);
});

test('what cannot be frozen is left alone', () => {
  for (const [, value] of matrix) deepFreeze(value);
  const body = Buffer.from('bytes');
  deepFreeze({ body });
  body[0] = 0;
});

test('with `freeze`, changing a kept value throws for whoever does it, the loader included', async () => {
  const cache = createCache({ namespace: 'test', memory: { freeze: true } });
  const loaded = { tags: ['a'] };
  const first = await cache.getOrSet('key', () => loaded);
  assert.throws(() => first.tags.push('b'), TypeError);
  assert.throws(() => (cache.peek<typeof loaded>('key') ?? loaded).tags.push('b'), TypeError);
  assert.throws(() => loaded.tags.push('b'), TypeError);
});

test('by default values are frozen where NODE_ENV is test, and not elsewhere', async (t) => {
  const before = process.env['NODE_ENV'];
  t.after(() => {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  });
  const isFrozen = async () =>
    Object.isFrozen(await createCache({ namespace: 'test' }).getOrSet('key', () => ({ id: 1 })));
  process.env['NODE_ENV'] = 'test';
  assert.equal(await isFrozen(), true);
  process.env['NODE_ENV'] = 'production';
  assert.equal(await isFrozen(), false);
});
