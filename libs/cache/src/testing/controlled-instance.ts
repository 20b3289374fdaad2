import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { createCache, createRedis } from '../index.ts';
import type { Cache, CacheOptions } from '../index.ts';

/** Something on its way that a test holds back. */
export interface Held {
  /** Resolves when there is something. */
  readonly reached: Promise<undefined>;
  release(): void;
}

/** A cache whose talk with Redis a test can hold back, and wait for without guessing. */
export interface ControlledInstance {
  readonly cache: Cache;
  readonly redis: Redis;
  /** The cache's own connection, for messages. */
  readonly stream: Redis;
  /** Whether it hears what others invalidate. */
  readonly isListening: () => boolean;
  /** Holds the next script call on its way to Redis, or its reply on the way back. */
  readonly hold: (what: 'request' | 'reply') => Held;
  /** Messages of others are heard only when the returned function is called; `lose` forgets them instead. */
  readonly holdMessages: () => { release(): void; lose(): void };
  /** All that was published before is heard. */
  readonly hear: () => Promise<void>;
  /** All that was sent is answered. */
  readonly answered: () => Promise<void>;
}

export interface ControlledOptions extends Partial<CacheOptions> {
  /** Where invalidations are heard, when not at the same address. */
  readonly streamPort?: number;
  readonly reconnectMs?: number;
}

interface TestScope {
  after(clean: () => Promise<void>): void;
}

type Hold = { readonly what: 'request' | 'reply'; reach(): void; readonly open: Promise<undefined> };

/** Opens one, connected and listening, with budgets that are never the reason. */
export async function openControlled(
  t: TestScope,
  url: string,
  { streamPort, reconnectMs, ...options }: ControlledOptions = {},
): Promise<ControlledInstance> {
  const redis = createRedis(url, { commandTimeoutMs: 5_000 });
  if (reconnectMs !== undefined) redis.options.retryStrategy = () => reconnectMs;
  const hold = holdScripts(redis);
  const stream = controlStream(redis, streamPort);
  const cache = createCache({
    namespace: 'test',
    redis,
    remote: { budgetMs: 5_000 },
    leaseWaitMs: 50,
    ...options,
  });
  let isListening = false;
  cache.events.on('listening', (event) => ({ isListening } = event));
  t.after(async () => {
    await cache.close();
    redis.disconnect();
  });
  await Promise.all([once(cache.events, 'listening'), redis.status === 'ready' || once(redis, 'ready')]);
  return {
    cache,
    redis,
    stream: stream.connection(),
    isListening: () => isListening,
    hold,
    holdMessages: stream.hold,
    hear: stream.hear,
    answered: async () => {
      await turn();
      await redis.ping();
      await turn();
    },
  };
}

/** Resolves when what is ready now has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function holdScripts(redis: Redis): ControlledInstance['hold'] {
  const holds: Hold[] = [];
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const held = command.name.toLowerCase().startsWith('eval') ? holds.shift() : undefined;
    if (!held) return send(command, stream);
    if (held.what === 'request') {
      held.reach();
      return held.open.then(() => send(command, stream));
    }
    return (send(command, stream) as Promise<unknown>).then(async (reply) => {
      held.reach();
      await held.open;
      return reply;
    });
  };
  return (what) => {
    const reached = Promise.withResolvers<undefined>();
    const open = Promise.withResolvers<undefined>();
    holds.push({ what, reach: () => reached.resolve(undefined), open: open.promise });
    return { reached: reached.promise, release: () => open.resolve(undefined) };
  };
}

/** The cache opens its own connection for messages, as a duplicate of the one it was given. */
function controlStream(redis: Redis, port: number | undefined) {
  let connection: Redis | undefined;
  let queue: (() => void)[] | undefined;
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const opened = duplicate({ ...override, ...(port === undefined ? {} : { port }) });
    const emit = opened.emit.bind(opened) as (event: string | symbol, ...args: unknown[]) => boolean;
    opened.emit = (event: string | symbol, ...args: unknown[]) => {
      if (!queue || typeof event !== 'string' || !event.includes('message')) return emit(event, ...args);
      queue.push(() => emit(event, ...args));
      return true;
    };
    connection = opened;
    return opened;
  };
  return {
    connection: () => {
      if (!connection) throw new Error('the cache has opened no connection for messages');
      return connection;
    },
    hold: () => {
      const held: (() => void)[] = [];
      queue = held;
      const end = () => {
        if (queue === held) queue = undefined;
      };
      return {
        lose: end,
        release: () => {
          end();
          for (const deliver of held) deliver();
        },
      };
    },
    hear: async () => {
      await connection?.ping();
      await turn();
    },
  };
}
