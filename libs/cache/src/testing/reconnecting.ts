import assert from 'node:assert/strict';
import { startProxy, waitFor } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { openControlled } from './controlled-instance.ts';
import type { ControlledInstance } from './controlled-instance.ts';
import { countListeners, heldBytes, noMoreHandles, openHandles } from './leaks.ts';

export interface Reconnecting {
  readonly server: RedisServer;
  readonly reconnects: number;
  /** By then everything that is made once has been made. */
  readonly warm: number;
  readonly growthBytesMax: number;
  /** Called at every reconnect. */
  readonly plant?: (instance: ControlledInstance) => void;
  /** How long handles may take to go. */
  readonly handlesTimeoutMs?: number;
}

interface TestScope {
  after(clean: () => Promise<void>): void;
  diagnostic(message: string): void;
}

/** Loses and renews the connections again and again; throws when anything stays behind. */
export async function reconnectWithoutLeak(t: TestScope, options: Reconnecting): Promise<void> {
  const { reconnects, warm, growthBytesMax, handlesTimeoutMs } = options;
  const proxy = await startProxy({ port: options.server.port });
  t.after(() => proxy.close());
  await waitFor(() => openHandles()['TCPServerWrap'] === 1);
  const idle = openHandles();
  const instance = await openControlled(t, `redis://127.0.0.1:${proxy.port}`, { reconnectMs: 1 });
  const { cache, redis, stream } = instance;
  const emitters = [redis, stream, cache.events];
  const isBack = () => instance.isListening() && redis.status === 'ready';
  let closes = 0;
  redis.on('close', () => closes++);
  const opened = openHandles();
  const listeners = countListeners(emitters);
  let warmBytes = 0;
  for (let count = 0; count < reconnects; count++) {
    if (count === warm) warmBytes = await heldBytes();
    const { drops } = cache.stats();
    // Something is always under way when the connections go.
    const calls = [cache.getOrSet(`key ${count % 10}`, () => count), cache.invalidate(`key ${count % 7}`)];
    proxy.cut();
    proxy.heal();
    await Promise.all(calls);
    await waitFor(() => cache.stats().drops > drops && isBack(), { intervalMs: 1 });
    options.plant?.(instance);
  }
  const grownBytes = (await heldBytes()) - warmBytes;
  t.diagnostic(`heap grew by ${Math.round(grownBytes / 1024)} KiB over the last ${reconnects - warm}`);
  assert.equal(countListeners(emitters), listeners, 'listeners stayed behind');
  await noMoreHandles(opened, handlesTimeoutMs);
  assert.ok(grownBytes < growthBytesMax, `heap grew by ${grownBytes} bytes`);
  assert.ok(closes >= reconnects, `only ${closes} lost`);
  assert.equal(await cache.getOrSet('key', () => 'works'), 'works');

  await cache.close();
  assert.equal(redis.listenerCount('ready'), 0);
  redis.disconnect();
  await noMoreHandles(idle, handlesTimeoutMs);
}
