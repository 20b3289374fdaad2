import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { openInstance } from '../testing/instance.ts';
import { createCachedLoader } from './cached-loader.ts';

const tenants = ['a', 'a:b', 'a%3Ab', '', ':', '{x}', '*', '\ud800', '\ufffd', 'constructor'];

test('equal ids of different tenants and kinds never cross, neither in memory nor in Redis', async (t) => {
  const server = await redisForTest(t);
  const [writer, reader] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  const kinds = ['course', 'course:a'].map(
    (name) => (cache: typeof writer.cache) =>
      createCachedLoader(cache, {
        name,
        load: (tenant: string, id: string) => () => ({ name, tenant, id }),
        keep: (tenant) => ({ tags: [`tenant:${tenants.indexOf(tenant)}`] }),
      }),
  );
  const all = kinds.flatMap((kind) =>
    tenants.flatMap((tenant) => ['1', 'b:1'].map((id) => ({ kind, tenant, id }))),
  );
  for (const { kind, tenant, id } of all) await kind(writer.cache).get(tenant, id);
  const stored = async () => (await writer.redis.keys('cache:{test}:e*')).length;
  await waitFor(async () => (await stored()) === all.length);
  for (const { kind, tenant, id } of all) {
    const loader = kind(reader.cache);
    const { name, ...value } = await loader.get(tenant, id);
    assert.deepEqual(value, { tenant, id });
    assert.deepEqual(loader.peek(tenant, id), { name, tenant, id });
    assert.equal(loader.key(tenant, id).startsWith(name === 'course' ? 'course:' : 'course%3Aa:'), true);
  }
  assert.equal(reader.cache.stats().loads, 0);

  const [course] = kinds;
  await course?.(reader.cache).invalidate('a', '1');
  assert.equal(course?.(reader.cache).peek('a', '1'), undefined);
  await reader.cache.invalidateTags(['tenant:1']);
  const left = all.filter(({ kind, tenant, id }) => kind(reader.cache).peek(tenant, id) !== undefined);
  assert.equal(left.length, all.length - 1 - 4, 'one key, and four of one tenant');
});

test('a loader that fails is told to the caller, and parts that are missing before anything is asked', async (t) => {
  const server = await redisForTest(t);
  const { cache } = await openInstance(t, server.url);
  const course = createCachedLoader(cache, {
    name: 'course',
    load: (id: string) => () => Promise.reject<string>(new Error(`no ${id}`)),
  });
  await assert.rejects(course.get('1'), /no 1/);
  assert.throws(() => course.get(undefined as never), TypeError);
});
