import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { redisForTest, startProxy, waitFor } from '@ganitagya/testing';
import { openControlled, turn } from '../testing/controlled-instance.ts';
import type { ControlledInstance } from '../testing/controlled-instance.ts';

const RECONNECTS = 1_000;
/** By then everything that is made once has been made. */
const WARM = 200;
/** For 800 reconnects: a listener or a timer that stays behind each time would hold more. */
const GROWTH_BYTES_MAX = 3 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the process holds on to, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Timers of calls under way come and go: at some moment there are no more than before. */
function hasNoMoreThan(before: Record<string, number>): boolean {
  return Object.entries(resources()).every(([name, count]) => count <= (before[name] ?? 0));
}

function listeners({ redis, cache }: ControlledInstance): number {
  const count = (emitter: {
    eventNames(): (string | symbol)[];
    listenerCount(name: string | symbol): number;
  }) => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
  return count(redis) + count(cache.events);
}

async function heapBytes(): Promise<number> {
  await turn();
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

test(`${RECONNECTS} lost connections leave no listener, handle, timer or memory behind`, async (t) => {
  const server = await redisForTest(t);
  const proxy = await startProxy({ port: server.port });
  t.after(() => proxy.close());
  await waitFor(() => resources()['TCPServerWrap'] === 1);
  const idle = resources();
  const instance = await openControlled(t, `redis://127.0.0.1:${proxy.port}`, { reconnectMs: 1 });
  const { cache, redis } = instance;
  const isBack = () => instance.isListening() && redis.status === 'ready';
  let closes = 0;
  redis.on('close', () => closes++);
  const opened = resources();
  const listening = listeners(instance);
  let warmBytes = 0;
  for (let count = 0; count < RECONNECTS; count++) {
    if (count === WARM) warmBytes = await heapBytes();
    const { drops } = cache.stats();
    // Something is always under way when the connections go.
    const calls = [cache.getOrSet(`key ${count % 10}`, () => count), cache.invalidate(`key ${count % 7}`)];
    proxy.cut();
    proxy.heal();
    await Promise.all(calls);
    await waitFor(() => cache.stats().drops > drops && isBack(), { intervalMs: 1 });
  }
  const grownBytes = (await heapBytes()) - warmBytes;
  t.diagnostic(`heap grew by ${Math.round(grownBytes / 1024)} KiB over the last ${RECONNECTS - WARM}`);
  assert.equal(listeners(instance), listening);
  await waitFor(() => hasNoMoreThan(opened), { what: 'as many handles as before' });
  assert.ok(grownBytes < GROWTH_BYTES_MAX, `heap grew by ${grownBytes} bytes`);
  assert.ok(closes >= RECONNECTS, `only ${closes} lost`);
  assert.equal(await cache.getOrSet('key', () => 'works'), 'works');

  await cache.close();
  assert.equal(redis.listenerCount('ready'), 0);
  redis.disconnect();
  await waitFor(() => hasNoMoreThan(idle), { what: 'no handle of the cache' });
});
