import type { Redis } from '@ganitagya/cache';
import { BACKOFF_DELAYS_MS, BACKOFF_MEMORY_MS } from './backoff-rule.ts';
import type { BackoffStore } from './backoff-store.ts';

// ARGV: how long to remember, then the delays of the rule. The time is Redis's, so processes need not agree on theirs.
const BEGIN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'count', 'blockedUntil')
local blockedUntil = tonumber(known[2] or 0)
if now < blockedUntil then return blockedUntil - now end
local count = tonumber(known[1] or 0) + 1
local delay = tonumber(ARGV[1 + math.min(count, #ARGV - 1)])
redis.call('HSET', KEYS[1], 'count', count, 'blockedUntil', string.format('%.0f', now + delay))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 0`;

const TAKE_BACK = `
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
if count > 1 then return redis.call('HSET', KEYS[1], 'count', count - 1, 'blockedUntil', 0) end
return redis.call('DEL', KEYS[1])`;

/** Failures in Redis, shared by all processes. Throws what Redis throws. */
export class RedisBackoff implements BackoffStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Is there a connection to try at all? */
  get isReady(): boolean {
    return this.#redis.status === 'ready';
  }

  async begin(key: string): Promise<number> {
    const waitMs = await this.#redis.eval(
      BEGIN,
      1,
      this.#prefix + key,
      BACKOFF_MEMORY_MS,
      ...BACKOFF_DELAYS_MS,
    );
    return Number(waitMs);
  }

  async takeBack(key: string): Promise<void> {
    await this.#redis.eval(TAKE_BACK, 1, this.#prefix + key);
  }

  async clear(key: string): Promise<void> {
    await this.#redis.del(this.#prefix + key);
  }
}
