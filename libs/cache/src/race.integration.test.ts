import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, waitFor } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { createRedis } from './index.ts';
import type { Cache } from './index.ts';
import { heard, openInstance } from './testing/instance.ts';

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

const invalidations: [name: string, invalidate: (cache: Cache) => Promise<void>][] = [
  ['key', (cache) => cache.invalidate('key')],
  ['tag', (cache) => cache.invalidateTags(['tag'])],
  ['clear', (cache) => cache.clear()],
];

for (const [what, invalidate] of invalidations) {
  for (const by of ['own', 'other'] as const) {
    test(`${what} invalidated by its ${by} instance during a load: no instance is stale afterwards`, async (t) => {
      const namespace = `race-${what}-${by}`;
      const [a, b] = await Promise.all([
        openInstance(t, server.url, { namespace }),
        openInstance(t, server.url, { namespace }),
      ]);
      const started = Promise.withResolvers<undefined>();
      const gate = Promise.withResolvers<string>();
      const load = () => {
        started.resolve(undefined);
        return gate.promise;
      };
      const call = a.cache.getOrSet('key', load, { tags: () => ['tag'] });
      await started.promise;
      const delivered = heard(by === 'own' ? b.cache : a.cache);
      await invalidate(by === 'own' ? a.cache : b.cache);
      await delivered;
      gate.resolve('old');
      assert.equal(await call, 'old');
      assert.equal(a.cache.peek('key'), undefined);
      assert.equal(await b.cache.getOrSet('key', () => 'new', { tags: ['tag'] }), 'new');
      assert.equal(await a.cache.getOrSet('key', () => 'new', { tags: ['tag'] }), 'new');
    });
  }

  test(`${what} invalidated elsewhere, the message not heard: Redis refuses the value, memory lets it go`, async (t) => {
    const namespace = `unheard-${what}`;
    const { cache } = await openInstance(t, server.url, { namespace });
    const started = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<string>();
    const load = () => {
      started.resolve(undefined);
      return gate.promise;
    };
    const call = cache.getOrSet('key', load, { tags: ['tag'] });
    await started.promise;
    await markWithoutMessage(namespace, what);
    gate.resolve('old');
    await call;
    await waitFor(() => cache.peek('key') === undefined);
    assert.equal(await admin.hexists(`cache:{${namespace}}:entry:key`, 'v'), 0);
    assert.ok(cache.stats().staleRejected > 0);
  });
}

test('Redis loses everything during a load: what was read before may be stale and is not kept', async (t) => {
  const namespace = 'flushed';
  const { cache } = await openInstance(t, server.url, { namespace });
  const started = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<string>();
  const load = () => {
    started.resolve(undefined);
    return gate.promise;
  };
  const call = cache.getOrSet('key', load, { tags: ['tag'] });
  await started.promise;
  await markWithoutMessage(namespace, 'tag');
  await admin.flushall();
  gate.resolve('old');
  await call;
  await waitFor(() => cache.stats().staleRejected > 0);
  assert.equal(await admin.exists(`cache:{${namespace}}:entry:key`), 0);
});

/** What an invalidation leaves in Redis, for those who do not hear of it. */
async function markWithoutMessage(namespace: string, what: string): Promise<void> {
  const prefix = `cache:{${namespace}}:`;
  const sequence = await admin.incr(`${prefix}sequence`);
  if (what === 'key') await admin.hset(`${prefix}entry:key`, 'a', sequence);
  else await admin.set(`${prefix}${what === 'tag' ? 'tag:tag' : 'generation'}`, sequence);
}

test('random writes and reads over three instances: no read is older than what was invalidated before it', async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const names = ['a', 'b', 'c', 'd'];
  const caches = await Promise.all(
    Array.from({ length: 3 }, async () => (await openInstance(t, server.url, { namespace: 'random' })).cache),
  );
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const deliveries = countDeliveries(caches);
  const stored = new Map(names.map((name) => [name, 0]));
  /** The version that every read which starts now must at least see. */
  const floor = new Map(stored);
  const version = (versions: Map<string, number>, name: string) => versions.get(name) ?? 0;
  const deadline = performance.now() + 1_500;
  let reads = 0;

  const write = async (name: string) => {
    while (performance.now() < deadline) {
      const cache = pick(caches);
      const written = version(stored, name) + 1;
      stored.set(name, written);
      const delivered = deliveries.next(name, cache);
      await (random() < 0.5 ? cache.invalidate(name) : cache.invalidateTags([name]));
      await delivered;
      floor.set(name, written);
      await sleep(random() * 15);
    }
  };
  const read = async () => {
    while (performance.now() < deadline) {
      const name = pick(names);
      const atLeast = version(floor, name);
      const load = async () => {
        const value = version(stored, name);
        await sleep(random() * 8);
        return value;
      };
      const tags = random() < 0.5 ? [name] : () => [name];
      const value = await pick(caches).getOrSet(name, load, { tags });
      assert.ok(value >= atLeast, `seed ${seed}: read ${name} at ${value}, invalidated at ${atLeast}`);
      reads++;
      if (random() < 0.3) await sleep(random() * 3);
    }
  };
  await Promise.all([...names.map(write), ...Array.from({ length: 12 }, read)]);
  const total = caches.map((cache) => cache.stats());
  t.diagnostic(
    `seed ${seed}: ${reads} reads, ${total.reduce((sum, stats) => sum + stats.staleRejected, 0)} refused`,
  );
  assert.ok(reads > 200);
  assert.ok(total.some((stats) => stats.staleRejected > 0) && total.some((stats) => stats.remoteHits > 0));
});

/** Resolves `next` when all caches but the writer have heard one more invalidation of that name. */
function countDeliveries(caches: readonly Cache[]) {
  const waiting = new Map<Cache, Map<string, () => void>>(caches.map((cache) => [cache, new Map()]));
  for (const cache of caches) {
    cache.events.on('invalidated', ({ invalidation, origin }) => {
      if (origin === 'own') return;
      const [name = ''] =
        'keys' in invalidation ? invalidation.keys : 'tags' in invalidation ? invalidation.tags : [];
      waiting.get(cache)?.get(name)?.();
    });
  }
  return {
    next: (name: string, writer: Cache) =>
      Promise.all(
        caches
          .filter((cache) => cache !== writer)
          .map((cache) => new Promise<void>((resolve) => waiting.get(cache)?.set(name, resolve))),
      ),
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
