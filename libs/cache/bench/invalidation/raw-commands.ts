import { Redis } from 'ioredis';

import { microseconds } from '../process/clock.ts';
import { paced, type Pace } from '../process/paced.ts';

/** How a process tells others that a key is stale. */
export const WAYS = [
  'script with PUBLISH',
  'script with PUBLISH, RESP2',
  'script, BCAST tracking',
  'plain SET, BCAST tracking',
] as const;
export type Way = (typeof WAYS)[number];

/** A run of invalidations. */
export interface Run extends Pace {
  readonly way: Way;
}

const CHANNELS = { 2: 'raw:invalidations:2', 3: 'raw:invalidations:3' } as const;
const TRACKED = 'raw:tracked:';
const PUBLISHED = 'raw:published:';

/** What the library's invalidation does in Redis: a number, a tombstone, a message. */
const MARK = `
redis.call('INCR', KEYS[1])
local number = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'a', number)
redis.call('PEXPIRE', KEYS[2], 7200000)
`;
const PUBLISH = `${MARK} redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2]) return number`;
const SCRIPTS: Readonly<Partial<Record<Way, string>>> = {
  'script with PUBLISH': PUBLISH,
  'script with PUBLISH, RESP2': PUBLISH,
  'script, BCAST tracking': `${MARK} return number`,
};

/** The bare ways, without any cache around them. */
export async function createRawCommands(url: string) {
  const redis = new Redis(url);
  const shas = new Map<Way, string>();
  for (const way of WAYS) {
    const script = SCRIPTS[way];
    if (script) shas.set(way, String(await redis.script('LOAD', script)));
  }
  const heard = new Map<string, number>();
  const hear = (key: string) => {
    if (!heard.has(key)) heard.set(key, microseconds());
  };

  const send = async (way: Way, key: string): Promise<unknown> => {
    const sha = shas.get(way);
    if (sha === undefined) return redis.set(`${TRACKED}${key}`, '1', 'PX', 7_200_000);
    const name = `${way === 'script, BCAST tracking' ? TRACKED : PUBLISHED}${key}`;
    const channel = CHANNELS[way === 'script with PUBLISH, RESP2' ? 2 : 3];
    const message = JSON.stringify({ origin: 'a process', keys: [key] });
    return redis.evalsha(sha, 2, 'raw:sequence', name, channel, message);
  };

  return {
    /** Hears all kinds from now on. */
    async listen() {
      for (const protocol of [2, 3] as const) {
        const subscriber = new Redis(url, { protocol });
        subscriber.on('message', (_channel, text) => {
          const { keys } = JSON.parse(text.slice(text.indexOf(' ') + 1)) as { keys: string[] };
          for (const key of keys) hear(key);
        });
        await subscriber.subscribe(CHANNELS[protocol]);
      }
      // ioredis drops the push messages of RESP3, and subscribing ends everything else on a RESP2 connection.
      const tracker = new Redis(url, { protocol: 2, autoResubscribe: false });
      tracker.on('messageBuffer', (_channel: Buffer, keys: unknown) => {
        for (const key of keys as Buffer[]) hear(key.toString().slice(TRACKED.length));
      });
      const id = String(await tracker.client('ID'));
      await tracker.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', TRACKED);
      await tracker.subscribe('__redis__:invalidate');
    },
    heard: async ({ prefix, count }: Run) =>
      Array.from({ length: count }, (_, index) => heard.get(`${prefix}${index}`) ?? null),
    invalidateMany: (run: Run) => paced(run, (key) => send(run.way, key)),
  };
}

/** All raw commands, by name. */
export type RawCommands = Awaited<ReturnType<typeof createRawCommands>>;
