import type { WindowCounter } from './window-counter.ts';

/** So many of something per key and window. */
export interface LimitRule {
  /** Names the limit in keys and metrics. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** What a limiter decided. */
export interface LimitVerdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly retryAfterS: number;
}

/** A quota that a service checks itself, by any key (an account, a user, an address). */
export class Limiter {
  readonly #counter: WindowCounter;
  readonly #rule: LimitRule;

  constructor(counter: WindowCounter, rule: LimitRule) {
    this.#counter = counter;
    this.#rule = rule;
  }

  /** Uses one of the quota and tells whether that was still within it. */
  async consume(key: string): Promise<LimitVerdict> {
    return this.#judge(await this.#counter.hit(this.#key(key), this.#rule.windowMs));
  }

  /** Tells how things stand without using anything. */
  async peek(key: string): Promise<LimitVerdict> {
    const { count, ttlMs } = await this.#counter.read(this.#key(key), this.#rule.windowMs);
    return this.#judge({ count: count + 1, ttlMs });
  }

  /** Gives a key its whole quota back. */
  async reset(key: string): Promise<void> {
    await this.#counter.clear(this.#key(key));
  }

  #key(key: string): string {
    return `${this.#rule.name}:${key}`;
  }

  #judge({ count, ttlMs }: { count: number; ttlMs: number }): LimitVerdict {
    return {
      allowed: count <= this.#rule.limit,
      remaining: Math.max(0, this.#rule.limit - count),
      retryAfterS: Math.max(1, Math.ceil(ttlMs / 1000)),
    };
  }
}
