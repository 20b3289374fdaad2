import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, waitFor } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { createRedis } from './index.ts';
import { heard, openInstance } from './testing/instance.ts';
import { matrix } from './testing/values.ts';

let server: RedisServer;
let admin: ReturnType<typeof createRedis>;
before(async () => {
  server = await startRedis();
  admin = createRedis(server.url, { commandTimeoutMs: 5_000 });
  await waitFor(() => admin.status === 'ready');
});
after(async () => {
  admin.disconnect();
  await server.stop();
});

const mustNotLoad = () => assert.fail('must not load');

/** How often the command was called on the server. */
async function calls(command: string): Promise<number> {
  const stats = await admin.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`, 'u').exec(stats)?.[1] ?? 0);
}

test('every value passes through Redis unchanged', async (t) => {
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  for (const [name, value] of matrix) await a.cache.getOrSet(name, () => value, { tags: ['matrix'] });
  await waitFor(() =>
    admin.exists(...matrix.map(([name]) => `cache:{test}:entry:${name}`)).then((n) => n === matrix.length),
  );
  for (const [name, value] of matrix) {
    assert.deepEqual(await b.cache.getOrSet(name, mustNotLoad), value, name);
    assert.deepEqual(b.cache.peek(name), value, name);
  }
  assert.equal(b.cache.stats().remoteHits, matrix.length);
});

test('a tag invalidated by one instance is stale in the other and in Redis, and stays so', async (t) => {
  const namespace = 'tags';
  const [a, b] = await Promise.all([
    openInstance(t, server.url, { namespace }),
    openInstance(t, server.url, { namespace }),
  ]);
  await a.cache.getOrSet('lesson:1', () => 'old', { tags: ['course:1', 'lesson:1'] });
  await a.cache.getOrSet('lesson:2', () => 'kept', { tags: ['course:2'] });
  await waitFor(() => admin.exists('cache:{tags}:entry:lesson:2'));
  assert.equal(await b.cache.getOrSet('lesson:1', mustNotLoad), 'old');
  assert.equal(await b.cache.getOrSet('lesson:2', mustNotLoad), 'kept');

  const delivered = heard(b.cache);
  await a.cache.invalidateTags(['course:1']);
  await delivered;
  assert.equal(b.cache.peek('lesson:1'), undefined);
  assert.equal(b.cache.peek('lesson:2'), 'kept');
  assert.equal(await b.cache.getOrSet('lesson:1', () => 'new', { tags: ['course:1'] }), 'new');
  await waitFor(() => admin.hexists('cache:{tags}:entry:lesson:1', 'v'));
  assert.equal(await a.cache.getOrSet('lesson:1', mustNotLoad), 'new');
});

test('clear empties the namespace everywhere, and only that one', async (t) => {
  const [a, b, other] = await Promise.all([
    openInstance(t, server.url, { namespace: 'clear' }),
    openInstance(t, server.url, { namespace: 'clear' }),
    openInstance(t, server.url, { namespace: 'clear2' }),
  ]);
  for (const { cache } of [a, b, other]) await cache.getOrSet('key', () => 'old');
  await waitFor(() =>
    admin.exists('cache:{clear}:entry:key', 'cache:{clear2}:entry:key').then((n) => n === 2),
  );
  const scans = (await calls('scan')) + (await calls('keys'));
  const delivered = heard(b.cache);
  await a.cache.clear();
  await delivered;
  assert.equal(await b.cache.getOrSet('key', () => 'new'), 'new');
  assert.equal(other.cache.peek('key'), 'old');
  assert.equal((await calls('scan')) + (await calls('keys')), scans);
});

test('equal keys and tags of two namespaces never cross', async (t) => {
  const [a, b] = await Promise.all([
    openInstance(t, server.url, { namespace: 'one' }),
    openInstance(t, server.url, { namespace: 'two' }),
  ]);
  await a.cache.getOrSet('key', () => 'of one', { tags: ['tag'] });
  assert.equal(await b.cache.getOrSet('key', () => 'of two', { tags: ['tag'] }), 'of two');
  await a.cache.invalidateTags(['tag']);
  await a.cache.invalidate('key');
  await a.cache.clear();
  assert.equal(b.cache.peek('key'), 'of two');
  assert.equal(b.cache.stats().invalidationsHeard, 0);
});

test('keys that differ only in what UTF-8 cannot say stay apart', async (t) => {
  const [a, b] = await Promise.all([openInstance(t, server.url), openInstance(t, server.url)]);
  for (const key of ['\ud800', '\ud801', '\ufffd', '"\\ud800"', '}{', 'with space\n']) {
    await a.cache.getOrSet(key, () => key);
  }
  for (const key of ['\ud800', '\ud801', '\ufffd', '"\\ud800"', '}{', 'with space\n']) {
    assert.equal(await b.cache.getOrSet(key, () => key), key);
  }
});

test('a memory copy never outlives the entry in Redis, and everything in Redis expires', async (t) => {
  const [a, b] = await Promise.all([
    openInstance(t, server.url, { namespace: 'ttl' }),
    openInstance(t, server.url, { namespace: 'ttl' }),
  ]);
  await a.cache.getOrSet('key', () => 1, { ttlMs: 400, tags: ['tag'] });
  await waitFor(() => admin.exists('cache:{ttl}:entry:key'));
  assert.equal(await b.cache.getOrSet('key', mustNotLoad), 1);
  await a.cache.invalidate('another');
  assert.ok((await admin.pttl('cache:{ttl}:entry:another')) > 0);
  assert.ok((await admin.pttl('cache:{ttl}:tag:tag')) > 3_600_000);
  await waitFor(async () => (await admin.exists('cache:{ttl}:entry:key')) === 0);
  assert.equal(b.cache.peek('key'), undefined);
});

test('getMany takes one round trip for what memory does not have', async (t) => {
  const namespace = 'many';
  const [a, b] = await Promise.all([
    openInstance(t, server.url, { namespace }),
    openInstance(t, server.url, { namespace }),
  ]);
  const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
  await a.cache.getMany(keys.slice(0, 90), (missing) => new Map(missing.map((key) => [key, key])), {
    tags: (_value, key) => [key],
  });
  await waitFor(() => admin.exists(...keys.map((key) => `cache:{many}:entry:${key}`)).then((n) => n === 90));
  await b.cache.getMany([], mustNotLoad);
  const reads = await calls('evalsha');
  const asked: string[] = [];
  const found = await b.cache.getMany(keys, (missing) => {
    asked.push(...missing);
    return new Map(missing.map((key) => [key, key]));
  });
  assert.deepEqual([...found.keys()], keys);
  assert.deepEqual(asked, keys.slice(90));
  assert.ok((await calls('evalsha')) - reads <= 1 + 10 + 6, 'one read, ten stores, heartbeats');
  assert.equal(b.cache.stats().remoteHits, 90);
  await a.cache.invalidateTags(['key 5']);
  assert.deepEqual(
    await a.cache.getMany(['key 4', 'key 5'], (missing) => new Map(missing.map((key) => [key, 'new']))),
    new Map([
      ['key 4', 'key 4'],
      ['key 5', 'new'],
    ]),
  );
});

test('hundreds of keys go in parts and still come back in order', async (t) => {
  const { cache } = await openInstance(t, server.url, { namespace: 'parts' });
  const keys = Array.from({ length: 501 }, (_, i) => `key ${i}`);
  const load = (missing: readonly string[]) => new Map(missing.map((key) => [key, `value of ${key}`]));
  const found = await cache.getMany(keys, load);
  assert.deepEqual(
    [...found.values()],
    keys.map((key) => `value of ${key}`),
  );
});

test('negative values stay out of Redis', async (t) => {
  const { cache } = await openInstance(t, server.url, { namespace: 'negative' });
  await cache.getOrSet('unknown', () => null, { negative: { isNegative: () => true } });
  await cache.close();
  assert.equal(await admin.exists('cache:{negative}:entry:unknown'), 0);
});

test('close lets stores out first, and the cache then works from memory', async (t) => {
  const { cache, redis } = await openInstance(t, server.url, { namespace: 'close' });
  await cache.getOrSet('key', () => 'value');
  await cache.close();
  assert.equal(await admin.hexists('cache:{close}:entry:key', 'v'), 1);
  assert.equal(redis.status, 'ready', "the shared connection is the caller's");
  assert.equal(await cache.getOrSet('other', () => 'loaded'), 'loaded');
  assert.equal(await admin.exists('cache:{close}:entry:other'), 0);
});

test('an entry of another wire version or without sense is a miss', async (t) => {
  const { cache } = await openInstance(t, server.url, { namespace: 'wire' });
  await cache.getOrSet('key', () => 'value');
  await cache.getOrSet('broken', () => 'value');
  await waitFor(() =>
    admin.exists('cache:{wire}:entry:key', 'cache:{wire}:entry:broken').then((n) => n === 2),
  );
  await admin.hset('cache:{wire}:entry:key', 'v', Buffer.from([200, 1, 2]));
  await admin.hset('cache:{wire}:entry:broken', 'v', Buffer.from([3, 3, 2]));
  const other = await openInstance(t, server.url, { namespace: 'wire' });
  const errors: string[] = [];
  other.cache.events.on('tierError', ({ operation }) => errors.push(operation));
  assert.equal(await other.cache.getOrSet('key', () => 'loaded'), 'loaded');
  assert.equal(await other.cache.getOrSet('broken', () => 'loaded'), 'loaded');
  assert.deepEqual(errors, ['decode']);
});

test('lost versions make entries stale, never fresh', async (t) => {
  for (const lost of ['sequence', 'generation', 'tag:tag']) {
    const namespace = `lost-${lost.replace(':', '-')}`;
    const writer = await openInstance(t, server.url, { namespace });
    await writer.cache.getOrSet('key', () => 'old', { tags: ['tag'] });
    await waitFor(() => admin.exists(`cache:{${namespace}}:entry:key`));
    await writer.cache.invalidateTags(['tag']);
    await admin.del(`cache:{${namespace}}:${lost}`);
    const reader = await openInstance(t, server.url, { namespace });
    assert.equal(await reader.cache.getOrSet('key', () => 'new', { tags: ['tag'] }), 'new', `${lost} lost`);
    await waitFor(async () => (await admin.hget(`cache:{${namespace}}:entry:key`, 'v')) !== null);
    const third = await openInstance(t, server.url, { namespace });
    assert.equal(await third.cache.getOrSet('key', () => 'third', { tags: ['tag'] }), 'new');
  }
});
