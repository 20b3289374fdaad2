import type { RedisWindows, WindowCount } from './redis-windows.ts';

/** How a counter is kept. Without Redis, or while it is out, the counts are those of this process. */
export interface WindowCounterOptions {
  readonly shared?: RedisWindows | undefined;
  /** How many keys the memory holds at most; the oldest window goes first. */
  readonly keysMax?: number;
  readonly now?: () => number;
}

/**
 * Counts by key in fixed windows, each time in Redis. Never throws because of Redis: one slow answer (50 ms) sends what
 * follows to memory, until Redis answers again.
 */
export class WindowCounter {
  readonly #shared: RedisWindows | undefined;
  readonly #memory: MemoryWindows;

  constructor(options: WindowCounterOptions = {}) {
    this.#shared = options.shared;
    this.#memory = new MemoryWindows(options.keysMax ?? 50_000, options.now ?? Date.now);
  }

  /** Adds to the count of a key and returns it. */
  async hit(key: string, windowMs: number, by = 1): Promise<WindowCount> {
    return (await this.#shared?.hit({ key, windowMs, by })) ?? this.#memory.hit(key, windowMs, by);
  }

  /** The count of a key as it stands. */
  read(key: string, windowMs: number): Promise<WindowCount> {
    return this.hit(key, windowMs, 0);
  }

  /** Forgets a key. */
  async clear(key: string): Promise<void> {
    this.#memory.clear(key);
    await this.#shared?.clear(key);
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
