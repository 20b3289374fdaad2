import type { Policies, PolicyOptions } from '@ganitagya/resilience';
import type { BackoffStore } from './backoff-store.ts';
import type { MemoryBackoff } from './memory-backoff.ts';
import type { RedisBackoff } from './redis-backoff.ts';

/** One slow or failed answer of Redis, 50 ms at most, sends the following second to memory. */
export const BACKOFF_POLICIES = {
  attempts: { timeoutMs: 50, breaker: { failures: 1, openMs: 1_000, successesToClose: 1 } },
} as const satisfies Record<string, PolicyOptions>;

/** Redis where it answers, else the memory of this process: nobody is kept from signing in because Redis is out. */
export class Backoff implements BackoffStore {
  readonly #shared: RedisBackoff | undefined;
  readonly #own: MemoryBackoff;
  readonly #policies: Policies<'attempts'>;

  constructor(shared: RedisBackoff | undefined, own: MemoryBackoff, policies: Policies<'attempts'>) {
    this.#shared = shared;
    this.#own = own;
    this.#policies = policies;
  }

  begin(key: string): Promise<number> {
    return this.#ask((store) => store.begin(key));
  }

  takeBack(key: string): Promise<void> {
    return this.#ask((store) => store.takeBack(key));
  }

  async clear(key: string): Promise<void> {
    await this.#own.clear(key);
    await this.#ask((store) => store.clear(key));
  }

  #ask<Result>(question: (store: BackoffStore) => Promise<Result>): Promise<Result> {
    const shared = this.#shared;
    if (shared === undefined || !shared.isReady) return question(this.#own);
    return this.#policies.execute('attempts', () => question(shared), {
      fallback: () => question(this.#own),
    });
  }
}
