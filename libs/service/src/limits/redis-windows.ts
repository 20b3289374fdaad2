import type { Redis } from '@ganitagya/cache';
import { Batch } from '../batch.ts';
import { GuardedRedis } from '../guarded-redis.ts';

/** A count within a window that still runs for `ttlMs`. */
export interface WindowCount {
  readonly count: number;
  readonly ttlMs: number;
}

/** So much is to be added to the count of a key; its window begins with the first that is. */
export interface WindowHit {
  readonly key: string;
  readonly windowMs: number;
  readonly by: number;
}

const HIT = `
local counts = {}
for i, key in ipairs(KEYS) do
  local count = redis.call('INCRBY', key, ARGV[2 * i])
  local ttl = redis.call('PTTL', key)
  if ttl < 0 then
    redis.call('PEXPIRE', key, ARGV[2 * i - 1])
    ttl = tonumber(ARGV[2 * i - 1])
  end
  counts[2 * i - 1] = count
  counts[2 * i] = ttl
end
return counts`;

/** Counts by key in fixed windows, shared over processes; those of one turn of the loop go in one round trip. */
export class RedisWindows {
  readonly #redis: GuardedRedis;
  readonly #prefix: string;
  readonly #hits = new Batch((hits: readonly WindowHit[]) => this.#hitAll(hits));

  constructor(redis: Redis | undefined, prefix: string) {
    this.#redis = new GuardedRedis(redis);
    this.#prefix = prefix;
  }

  /** Adds to the count of a key and returns it; undefined while Redis is out. */
  hit(hit: WindowHit): Promise<WindowCount | undefined> {
    return this.#hits.ask(hit);
  }

  /** Forgets a key. */
  async clear(key: string): Promise<void> {
    await this.#redis.ask(
      (redis) => redis.del(this.#prefix + key),
      () => 0,
    );
  }

  #hitAll(hits: readonly WindowHit[]): Promise<readonly (WindowCount | undefined)[]> {
    return this.#redis.ask(
      async (redis): Promise<readonly (WindowCount | undefined)[]> => {
        const keys = hits.map(({ key }) => this.#prefix + key);
        const values = hits.flatMap(({ windowMs, by }) => [windowMs, by]);
        const counts = (await redis.eval(HIT, keys.length, ...keys, ...values)) as readonly number[];
        return hits.map((_hit, index) => ({
          count: Number(counts[2 * index]),
          ttlMs: Number(counts[2 * index + 1]),
        }));
      },
      () => hits.map(() => undefined),
    );
  }
}
