import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from '@ganitagya/cache';
import { startDeadline } from '@ganitagya/resilience';

const BUDGET_MS = 50;
const RETRY_MS = 1_000;
/** So many questions in a row must have gone unanswered until Redis is left alone for a while. */
const UNANSWERED_MAX = 3;

/**
 * Redis for what must not wait for it. Whoever waits 50 ms goes on without, and so do all others until Redis answers
 * anything again: it is asked at once, and once a second when it has left three questions in a row unanswered.
 */
export class GuardedRedis {
  readonly #redis: Redis | undefined;
  readonly #budgetMs: number;
  #isSilent = false;
  #isFindingOut = false;

  constructor(redis: Redis | undefined, budgetMs = BUDGET_MS) {
    this.#redis = redis;
    this.#budgetMs = budgetMs;
  }

  /** What Redis says; what `instead` says while there is none, or it is silent or refuses. */
  async ask<T>(command: (redis: Redis) => Promise<T>, instead: () => T): Promise<T> {
    const redis = this.#redis;
    if (redis?.status !== 'ready' || this.#isSilent) return instead();
    try {
      return await this.#inTime(command(redis));
    } catch {
      this.#doubt(redis);
      return instead();
    }
  }

  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = startDeadline(this.#budgetMs, () => reject(new Error('Redis is late')));
      answer.then(
        (value) => {
          stop();
          // A late answer is one, too.
          this.#isSilent = false;
          resolve(value);
        },
        (cause: unknown) => {
          stop();
          reject(new Error('Redis refuses', { cause }));
        },
      );
    });
  }

  #doubt(redis: Redis): void {
    this.#isSilent = true;
    if (!this.#isFindingOut) void this.#findOut(redis);
  }

  /** Asks until there is an answer, or no connection. */
  async #findOut(redis: Redis): Promise<void> {
    this.#isFindingOut = true;
    for (let unanswered = 1; this.#isSilent && redis.status === 'ready'; unanswered += 1) {
      if (unanswered >= UNANSWERED_MAX) await sleep(RETRY_MS, undefined, { ref: false });
      await this.#inTime(redis.ping()).catch(() => undefined);
    }
    this.#isSilent = false;
    this.#isFindingOut = false;
  }
}
