import type { Redis } from '@ganitagya/cache';
import { GuardedRedis } from '../guarded-redis.ts';

/** A count within a window that still runs for `ttlMs`. */
export interface WindowCount {
  readonly count: number;
  readonly ttlMs: number;
}

/** How a counter is kept. Without Redis, or while it is out, the counts are those of this process. */
export interface WindowCounterOptions {
  readonly redis?: Redis | undefined;
  readonly prefix: string;
  /** How many keys the memory holds at most; the oldest window goes first. */
  readonly keysMax?: number;
  readonly now?: () => number;
}

const HIT = `
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  ttl = tonumber(ARGV[1])
end
return { count, ttl }`;

/**
 * Counts by key in fixed windows, shared over processes by Redis. Never throws because of Redis: one slow answer
 * (50 ms) sends the following second to memory.
 */
export class WindowCounter {
  readonly #redis: GuardedRedis;
  readonly #prefix: string;
  readonly #memory: MemoryWindows;

  constructor(options: WindowCounterOptions) {
    this.#redis = new GuardedRedis(options.redis);
    this.#prefix = options.prefix;
    this.#memory = new MemoryWindows(options.keysMax ?? 50_000, options.now ?? Date.now);
  }

  /** Adds to the count of a key and returns it. */
  hit(key: string, windowMs: number, by = 1): Promise<WindowCount> {
    return this.#redis.ask(
      async (redis) => {
        const answer = await redis.eval(HIT, 1, this.#prefix + key, windowMs, by);
        const [count, ttlMs] = answer as [number, number];
        return { count, ttlMs };
      },
      () => this.#memory.hit(key, windowMs, by),
    );
  }

  /** The count of a key as it stands. */
  read(key: string, windowMs: number): Promise<WindowCount> {
    return this.hit(key, windowMs, 0);
  }

  /** Forgets a key. */
  async clear(key: string): Promise<void> {
    this.#memory.clear(key);
    await this.#redis.ask(
      (redis) => redis.del(this.#prefix + key),
      () => 0,
    );
  }
}

/** Windows of one process, bounded in number. */
class MemoryWindows {
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>();
  readonly #keysMax: number;
  readonly #now: () => number;

  constructor(keysMax: number, now: () => number) {
    this.#keysMax = keysMax;
    this.#now = now;
  }

  hit(key: string, windowMs: number, by: number): WindowCount {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      if (by === 0) return { count: 0, ttlMs: 0 };
      this.#windows.delete(key);
      this.#makeRoom();
      window = { count: 0, endsAt: now + windowMs };
      this.#windows.set(key, window);
    }
    window.count += by;
    return { count: window.count, ttlMs: window.endsAt - now };
  }

  clear(key: string): void {
    this.#windows.delete(key);
  }

  #makeRoom(): void {
    if (this.#windows.size < this.#keysMax) return;
    const oldest = this.#windows.keys().next();
    if (oldest.done === false) this.#windows.delete(oldest.value);
  }
}
