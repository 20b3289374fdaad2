import { BATCH_MAX } from '../batch.ts';
import type { RedisWindows, WindowCount } from './redis-windows.ts';

/** So many per key and window, over all processes. */
export interface LeasedLimitOptions {
  readonly windows: RedisWindows;
  /** Stands before the keys in Redis. */
  readonly prefix: string;
  readonly limit: number;
  readonly windowMs: number;
  /** How many keys the memory holds at most; the oldest window goes first. */
  readonly keysMax?: number;
  readonly now?: () => number;
}

/** A key's window, as far as this process knows. */
interface Window {
  readonly key: string;
  /** Over all processes when Redis was last told, and what it was told since. */
  total: number;
  /** Of this process, and not told yet. */
  untold: number;
  /** So many may be untold. */
  lease: number;
  endsAt: number;
}

/** What a process may count by itself, of all that is left. */
const LEASE_SHARE = 1 / 50;
const TELL_AFTER_MS = 100;

/**
 * A limit over all processes that asks Redis once in a while: each process counts by itself up to a fiftieth of what is
 * left, tells of it in the background when half of that is used, and asks each time when there is less than fifty left.
 * So all together let through at most a fiftieth of the limit too much for each further process; while Redis is out, each
 * process the limit.
 */
export class LeasedLimit {
  readonly limit: number;
  readonly #windows: RedisWindows;
  readonly #prefix: string;
  readonly #windowMs: number;
  readonly #keysMax: number;
  readonly #now: () => number;
  readonly #known = new Map<string, Window>();
  /** They have used half of what they may, and more. */
  readonly #due = new Set<Window>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ windows, prefix, limit, windowMs, keysMax = 50_000, now = Date.now }: LeasedLimitOptions) {
    this.limit = limit;
    this.#windows = windows;
    this.#prefix = prefix;
    this.#windowMs = windowMs;
    this.#keysMax = keysMax;
    this.#now = now;
  }

  /** Counts one; at once unless Redis must be asked. */
  hit(key: string): WindowCount | Promise<WindowCount> {
    const now = this.#now();
    const known = this.#known.get(key);
    const window = known !== undefined && known.endsAt > now ? known : this.#begin(key, now);
    // Nothing is let through any more before the window ends.
    if (window.total > this.limit) return countOf(window, now);
    if (window.untold >= window.lease) return this.#ask(window);
    window.untold += 1;
    if (2 * window.untold > window.lease) {
      this.#due.add(window);
      this.#timer ??= setTimeout(() => void this.#tellDue(), TELL_AFTER_MS).unref();
    }
    return countOf(window, now);
  }

  /** Tells the others what they do not know yet. */
  async close(): Promise<void> {
    for (const window of this.#known.values()) if (window.untold > 0) this.#due.add(window);
    await this.#tellDue();
    clearTimeout(this.#timer);
  }

  #begin(key: string, now: number): Window {
    this.#known.delete(key);
    if (this.#known.size >= this.#keysMax) {
      const oldest = this.#known.keys().next();
      if (oldest.done === false) this.#known.delete(oldest.value);
    }
    const window = { key, total: 0, untold: 0, lease: 0, endsAt: now + this.#windowMs };
    window.lease = this.#leaseOf(window);
    this.#known.set(key, window);
    return window;
  }

  async #ask(window: Window): Promise<WindowCount> {
    window.untold += 1;
    return (await this.#tell(window)) ?? countOf(window, this.#now());
  }

  async #tellDue(): Promise<void> {
    const due = [...this.#due];
    this.#due.clear();
    this.#timer = undefined;
    for (let start = 0; start < due.length; start += BATCH_MAX) {
      await Promise.all(due.slice(start, start + BATCH_MAX).map((window) => this.#tell(window)));
    }
  }

  /** What Redis says of a window after it was told; undefined while it is out. */
  async #tell(window: Window): Promise<WindowCount | undefined> {
    const by = window.untold;
    if (by === 0 || window.endsAt <= this.#now()) return undefined;
    window.untold = 0;
    window.total += by;
    // What is on the way counts as not known yet.
    window.lease = Math.max(0, window.lease - by);
    const told = await this.#windows.hit({
      key: this.#prefix + window.key,
      windowMs: this.#windowMs,
      by,
    });
    if (told !== undefined) {
      window.total = told.count;
      window.endsAt = this.#now() + told.ttlMs;
    }
    window.lease = this.#leaseOf(window);
    return told;
  }

  #leaseOf({ total, untold }: Window): number {
    return Math.max(0, Math.floor((this.limit - total - untold) * LEASE_SHARE));
  }
}

function countOf({ total, untold, endsAt }: Window, now: number): WindowCount {
  return { count: total + untold, ttlMs: endsAt - now };
}
