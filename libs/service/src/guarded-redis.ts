import type { Redis } from '@ganitagya/cache';
import { createPolicies } from '@ganitagya/resilience';

const BUDGET_MS = 50;
const RETRY_MS = 1_000;

/** Redis for what must not wait for it: one slow answer (50 ms) spares the calls of the following second the wait. */
export class GuardedRedis {
  readonly #redis: Redis | undefined;
  readonly #policies;

  constructor(redis: Redis | undefined, budgetMs = BUDGET_MS) {
    this.#redis = redis;
    this.#policies = createPolicies({
      redis: { timeoutMs: budgetMs, breaker: { failures: 1, openMs: RETRY_MS, successesToClose: 1 } },
    });
  }

  /** What Redis says; what `instead` says while there is none, or it is out. */
  async ask<T>(command: (redis: Redis) => Promise<T>, instead: () => T): Promise<T> {
    const redis = this.#redis;
    if (redis?.status !== 'ready') return instead();
    return this.#policies.execute('redis', () => command(redis), { fallback: instead });
  }
}
