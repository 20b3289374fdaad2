import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { test } from 'node:test';
import { redisForTest } from '@ganitagya/testing';
import type { ControlledInstance } from '../testing/controlled-instance.ts';
import { reconnectWithoutLeak } from '../testing/reconnecting.ts';

/** For 800 reconnects: 4 KiB that stay behind each time would be more. */
const growthBytesMax = 3 * 2 ** 20;

test('1,000 lost connections leave no listener, handle, timer or memory behind', async (t) => {
  const server = await redisForTest(t);
  await reconnectWithoutLeak(t, { server, reconnects: 1_000, warm: 200, growthBytesMax });
});

/** Leaks that the check must find; `undo` ends what was left behind. */
const leaks: readonly {
  readonly what: string;
  readonly found: RegExp;
  readonly make: () => { readonly plant: (instance: ControlledInstance) => void; readonly undo?: () => void };
}[] = [
  {
    what: 'a listener of the connection',
    found: /listeners stayed behind/,
    make: () => ({ plant: ({ redis }) => void redis.on('end', () => undefined) }),
  },
  {
    what: 'a listener of the connection for messages',
    found: /listeners stayed behind/,
    make: () => ({ plant: ({ stream }) => void stream.on('end', () => undefined) }),
  },
  {
    what: 'a listener of the events',
    found: /listeners stayed behind/,
    make: () => ({ plant: ({ cache }) => void cache.events.on('circuit', () => undefined) }),
  },
  {
    what: 'a timer',
    found: /no more handles than before/,
    make: () => {
      const timers: NodeJS.Timeout[] = [];
      return {
        plant: () => void timers.push(setTimeout(() => undefined, 3_600_000)),
        undo: () => timers.forEach((timer) => clearTimeout(timer)),
      };
    },
  },
  {
    what: 'a handle',
    found: /no more handles than before/,
    make: () => {
      const servers: Server[] = [];
      return {
        plant: () => void servers.push(createServer().listen(0, '127.0.0.1')),
        undo: () => servers.forEach((server) => server.close()),
      };
    },
  },
  {
    what: 'memory',
    found: /heap grew/,
    make: () => {
      const held: unknown[] = [];
      return { plant: () => void held.push(Array.from({ length: 40_000 }, (_, id) => ({ id }))) };
    },
  },
];

for (const { what, found, make } of leaks) {
  test(`the check finds ${what} that stays behind at every reconnect`, async (t) => {
    const server = await redisForTest(t);
    const leak = make();
    t.after(() => leak.undo?.());
    const short = {
      server,
      reconnects: 8,
      warm: 4,
      growthBytesMax,
      handlesTimeoutMs: 1_000,
      plant: leak.plant,
    };
    await assert.rejects(reconnectWithoutLeak(t, short), found);
  });
}
