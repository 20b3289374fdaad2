import { BACKOFF_MEMORY_MS, delayAfterMs } from './backoff-rule.ts';
import type { BackoffStore } from './backoff-store.ts';

interface Failures {
  count: number;
  blockedUntil: number;
  expiresAt: number;
}

/** How a memory store is bounded; the key that failed longest ago goes first. */
export interface MemoryBackoffOptions {
  readonly keysMax?: number;
  readonly now?: () => number;
}

/** Failures in the memory of this process. */
export class MemoryBackoff implements BackoffStore {
  readonly #failures = new Map<string, Failures>();
  readonly #keysMax: number;
  readonly #now: () => number;

  constructor({ keysMax = 50_000, now = Date.now }: MemoryBackoffOptions = {}) {
    this.#keysMax = keysMax;
    this.#now = now;
  }

  async begin(key: string): Promise<number> {
    const now = this.#now();
    const known = this.#failures.get(key);
    const failures =
      known === undefined || known.expiresAt <= now ? { count: 0, blockedUntil: 0, expiresAt: 0 } : known;
    if (now < failures.blockedUntil) return failures.blockedUntil - now;
    failures.count += 1;
    failures.blockedUntil = now + delayAfterMs(failures.count);
    failures.expiresAt = now + BACKOFF_MEMORY_MS;
    this.#failures.delete(key);
    this.#makeRoom();
    this.#failures.set(key, failures);
    return 0;
  }

  async takeBack(key: string): Promise<void> {
    const failures = this.#failures.get(key);
    if (failures === undefined) return;
    failures.count -= 1;
    failures.blockedUntil = 0;
    if (failures.count === 0) this.#failures.delete(key);
  }

  async clear(key: string): Promise<void> {
    this.#failures.delete(key);
  }

  #makeRoom(): void {
    if (this.#failures.size < this.#keysMax) return;
    const oldest = this.#failures.keys().next();
    if (oldest.done === false) this.#failures.delete(oldest.value);
  }
}
