import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { createRedis } from './index.ts';
import { heard, openInstance } from './testing/instance.ts';
import type { PeerRequest } from './testing/peer.ts';

/** Another process with the same namespace, listening. */
async function startPeer(t: { after(stop: () => Promise<void>): void }, url: string, namespace: string) {
  const child = fork(join(import.meta.dirname, 'testing/peer.ts'), [url, namespace], {
    execPath: process.execPath,
  });
  t.after(async () => {
    if (child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  const [greeting] = (await once(child, 'message')) as [string];
  assert.equal(greeting, 'listening');
  let requests = 0;
  return {
    async ask(
      operation: PeerRequest['operation'],
      name: string,
      value?: unknown,
      loadMs = 0,
    ): Promise<unknown> {
      const id = ++requests;
      child.send({ id, operation, name, value, loadMs } satisfies PeerRequest);
      for (;;) {
        const [reply] = (await once(child, 'message')) as [{ id: number; result: unknown }];
        if (reply.id === id) return reply.result;
      }
    },
  };
}

test('two processes share values and invalidations, both ways', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openInstance(t, server.url, { namespace: 'shared' });
  const peer = await startPeer(t, server.url, 'shared');
  const isStored = () => redis.hexists('cache:{shared}:entry:key', 'v');

  assert.equal(await cache.getOrSet('key', () => 'ours', { tags: ['tag'] }), 'ours');
  await waitFor(isStored);
  assert.equal(await peer.ask('get', 'key', 'theirs'), 'ours', 'loaded once for both');

  await cache.invalidateTags(['tag']);
  await waitFor(async () => (await peer.ask('peek', 'key')) === undefined);
  assert.equal(await peer.ask('get', 'key', 'theirs'), 'theirs');
  await waitFor(isStored);
  assert.equal(await cache.getOrSet('key', () => 'ours', { tags: ['tag'] }), 'theirs');

  for (const [operation, name] of [
    ['invalidateTags', 'tag'],
    ['invalidate', 'key'],
    ['clear', ''],
  ] as const) {
    await cache.getOrSet('key', () => operation, { tags: ['tag'] });
    const delivered = heard(cache);
    await peer.ask(operation, name);
    await delivered;
    assert.equal(cache.peek('key'), undefined, `${operation} by the other process`);
  }
});

test('an invalidation during a load there that is waited for here leaves nothing stale', async (t) => {
  const server = await redisForTest(t);
  const { cache } = await openInstance(t, server.url, { namespace: 'race' });
  const peer = await startPeer(t, server.url, 'race');
  const slow = peer.ask('get', 'key', 'old', 300);
  await waitFor(async () => (await peer.ask('loads', '')) === 1);
  const own = cache.getOrSet('key', () => 'new', { tags: ['tag'] });
  await waitFor(() => cache.stats().leaseWaits === 1);
  await cache.invalidateTags(['tag']);
  const later = cache.getOrSet('key', () => 'new', { tags: ['tag'] });
  assert.equal(await later, 'new', 'does not wait for a load that began before');
  assert.equal(await slow, 'old', 'who came before gets what was loaded');
  await own;
  assert.equal(await cache.getOrSet('key', () => 'new', { tags: ['tag'] }), 'new');
  assert.equal(await peer.ask('get', 'key', 'new'), 'new');
});

test('an unreachable Redis is never an unheard error, and is tried again for ever', async (t) => {
  const server = await redisForTest(t);
  await server.kill();
  const redis = createRedis(server.url);
  t.after(async () => redis.disconnect());
  await once(redis, 'error');
  const started = performance.now();
  await assert.rejects(redis.get('key'));
  assert.ok(performance.now() - started < 60, 'a command fails at once');
  await server.start();
  await waitFor(() => redis.status === 'ready');
  assert.equal(await redis.set('key', 'value'), 'OK');
});
