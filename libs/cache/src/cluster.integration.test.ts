import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { redisClusterForTest, startRedisCluster, waitFor } from '@ganitagya/testing';
import type { RedisCluster } from '@ganitagya/testing';
import { Cluster } from 'ioredis';
import { createCache } from './index.ts';
import type { Cache } from './index.ts';
import { openOverCluster, SlotMove } from './testing/cluster.ts';
import type { ClusterInstance } from './testing/cluster.ts';
import { heard } from './testing/instance.ts';
import { matrix } from './testing/values.ts';

let cluster: RedisCluster;
before(async () => {
  cluster = await startRedisCluster();
});
after(() => cluster.stop());

const mustNotLoad = () => assert.fail('must not load');
/** In slots of all three masters. */
const namespaces = ['a', 'b', 'c', 'd', 'e'];

test('values of namespaces on all masters pass from one process to another', async (t) => {
  for (const namespace of namespaces) {
    const [a, b] = await Promise.all([
      openOverCluster(t, cluster, { namespace }),
      openOverCluster(t, cluster, { namespace }),
    ]);
    for (const [name, value] of matrix) await a.cache.getOrSet(name, () => value, { tags: ['matrix'] });
    await waitFor(() =>
      a.redis
        .exists(...matrix.map(([name]) => `cache:{${namespace}}:entry:${name}`))
        .then((count) => count === matrix.length),
    );
    for (const [name, value] of matrix)
      assert.deepEqual(await b.cache.getOrSet(name, mustNotLoad), value, name);
    assert.deepEqual([...a.errors, ...b.errors], []);
  }
});

test('hundreds of keys are read in one go, and only what is missing is loaded', async (t) => {
  const namespace = 'many';
  const [a, b] = await Promise.all([
    openOverCluster(t, cluster, { namespace }),
    openOverCluster(t, cluster, { namespace }),
  ]);
  const keys = Array.from({ length: 500 }, (_, id) => `key ${id}`);
  const loadMany = (missing: readonly string[]) => new Map(missing.map((key) => [key, `value of ${key}`]));
  await a.cache.getMany(keys.slice(0, 450), loadMany);
  await waitFor(() => a.redis.exists(`cache:{many}:entry:key 449`).then((count) => count === 1));
  await a.cache.close();
  let asked: readonly string[] = [];
  const found = await b.cache.getMany(keys, (missing) => {
    asked = missing;
    return loadMany(missing);
  });
  assert.deepEqual(
    [...found],
    keys.map((key) => [key, `value of ${key}`]),
  );
  assert.deepEqual(asked, keys.slice(450));
  assert.deepEqual([...a.errors, ...b.errors], []);
});

for (const [what, invalidate] of [
  ['a key', (cache) => cache.invalidate('key')],
  ['a tag', (cache) => cache.invalidateTags(['tag'])],
  ['everything', (cache) => cache.clear()],
] as const satisfies [string, (cache: Cache) => Promise<void>][]) {
  test(`who invalidates ${what} is heard by processes on all masters, and Redis gives it no more`, async (t) => {
    for (const namespace of namespaces) {
      const [a, b] = await Promise.all([
        openOverCluster(t, cluster, { namespace }),
        openOverCluster(t, cluster, { namespace }),
      ]);
      const options = { tags: ['tag'] };
      await a.cache.clear();
      await a.cache.getOrSet('key', () => 'old', options);
      await waitFor(() => a.redis.hexists(`cache:{${namespace}}:entry:key`, 'v'));
      assert.equal(await b.cache.getOrSet('key', mustNotLoad), 'old');
      const delivered = heard(b.cache);
      await invalidate(a.cache);
      await delivered;
      assert.equal(b.cache.peek('key'), undefined);
      assert.equal(await b.cache.getOrSet('key', () => 'new', options), 'new');
      await waitFor(() => a.redis.hexists(`cache:{${namespace}}:entry:key`, 'v'));
      assert.equal(await a.cache.getOrSet('key', mustNotLoad), 'new');
      assert.deepEqual([...a.errors, ...b.errors], []);
    }
  });
}

test('99 callers of three processes make one load', async (t) => {
  const instances = await Promise.all(
    [1, 2, 3].map(() => openOverCluster(t, cluster, { namespace: 'once' })),
  );
  let loads = 0;
  const load = async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'value';
  };
  const values = await Promise.all(
    instances.flatMap(({ cache }) => Array.from({ length: 33 }, () => cache.getOrSet('key', load))),
  );
  assert.deepEqual(new Set(values), new Set(['value']));
  assert.equal(loads, 1);
});

test('messages and numbers come from the same master: a busy writer makes nobody drop what it has', async (t) => {
  const [a, b] = await Promise.all([
    openOverCluster(t, cluster, { namespace: 'busy' }),
    openOverCluster(t, cluster, { namespace: 'busy' }),
  ]);
  await b.cache.getOrSet('kept', () => 'value');
  const { drops } = b.cache.stats();
  const until = performance.now() + 3_000;
  while (performance.now() < until)
    await Promise.all([1, 2, 3, 4].map((id) => a.cache.invalidate(`key ${id}`)));
  assert.ok(b.cache.stats().invalidationsHeard > 100);
  assert.equal(b.cache.stats().drops, drops);
  assert.equal(b.cache.peek('kept'), 'value');
});

test('a cache that is closed before its cluster can be reached leaves nothing behind', async (t) => {
  const own = await startRedisCluster();
  await own.stop();
  const { port = 0 } = own.nodes[0] ?? {};
  const redis = new Cluster([{ host: '127.0.0.1', port }], { clusterRetryStrategy: () => 50 });
  redis.on('error', () => undefined);
  t.after(() => redis.disconnect());
  const cache = createCache({ namespace: 'test', redis });
  assert.equal(await cache.getOrSet('key', () => 'loaded'), 'loaded');
  assert.ok(redis.listenerCount('ready') > 0);
  await cache.close();
  await waitFor(() => redis.listenerCount('ready') === 0);
});

test('while its slot moves a namespace is without Redis; then all hear and share again, at the new master', async (t) => {
  const own = await redisClusterForTest(t);
  const move = new SlotMove(t, own, 'cache:{test}:sequence');
  const open = () => openOverCluster(t, own, { remote: { budgetMs: 500 } });
  const instances = await Promise.all([open(), open()]);
  let version = 0;
  const options = { tags: ['tag'] };
  const read = ({ cache }: ClusterInstance) => cache.getOrSet('key', () => version, options);
  const write = async (by: ClusterInstance) => {
    version++;
    await (version % 2 === 0 ? by.cache.invalidate('key') : by.cache.invalidateTags(['tag']));
    assert.equal(await read(by), version, 'who wrote reads it');
  };
  const converged = () =>
    waitFor(async () => (await Promise.all(instances.map(read))).every((value) => value === version), {
      what: 'what was written being read everywhere',
    });
  const [a, b] = instances;
  for (let id = 0; id < 20; id++) await a.cache.getOrSet(`other ${id}`, () => id, options);
  for (const by of [a, b]) {
    await write(by);
    await converged();
  }
  assert.deepEqual([...a.errors, ...b.errors], []);
  await move.begin();
  await write(a);
  await move.moveKeys(5);
  await write(b);
  await write(a);
  await move.end();
  await converged();
  await waitFor(async () => (await move.clientsAt(move.to, 'test:invalidations')) === 2, {
    what: 'both listening to the new master',
  });
  assert.equal(await move.clientsAt(move.from, 'test:invalidations'), 0);
  await waitFor(() => a.isListening() && b.isListening());
  t.diagnostic(`passed over while it moved: ${[...a.errors, ...b.errors].join('; ') || 'nothing'}`);
  for (const { errors } of instances) errors.length = 0;
  for (const by of [a, b, a, b]) {
    const others = instances.filter((instance) => instance !== by).map(({ cache }) => heard(cache));
    await write(by);
    await Promise.all(others);
    await converged();
  }
  assert.deepEqual([...a.errors, ...b.errors], []);
});
