import { createHash } from 'node:crypto';
import type { Limiter, LimitRule } from '@ganitagya/service';
import { tooManyAttempts } from '../errors.ts';
import type { BackoffStore } from './backoff-store.ts';

/** Failures from one address, whatever the accounts: high, since a school or a mobile carrier is one address. */
export const ADDRESS_FAILURES: LimitRule = { name: 'sign-in-failures', limit: 300, windowMs: 15 * 60_000 };

/** One try at one account from one address; exactly one of the three must be called. */
export interface SignInAttempt {
  succeeded(): Promise<void>;
  failed(): Promise<void>;
  /** The password was never checked. */
  abandoned(): Promise<void>;
}

/**
 * Slows down guessing without locking anybody out: failures count against the account *from that address*, so a
 * stranger elsewhere cannot keep the owner from signing in, and successes cost nothing.
 */
export class SignInAttempts {
  readonly #backoff: BackoffStore;
  readonly #addressFailures: Limiter;

  constructor(backoff: BackoffStore, addressFailures: Limiter) {
    this.#backoff = backoff;
    this.#addressFailures = addressFailures;
  }

  /** Throws a 429 problem when the account from this address, or the address, must wait. */
  async begin(email: string, address: string): Promise<SignInAttempt> {
    const key = attemptKey(email, address);
    const [waitMs, verdict] = await Promise.all([
      this.#backoff.begin(key),
      this.#addressFailures.peek(address),
    ]);
    if (waitMs > 0) throw tooManyAttempts(waitMs / 1_000);
    if (!verdict.allowed) {
      await this.#backoff.takeBack(key);
      throw tooManyAttempts(verdict.retryAfterS);
    }
    return {
      succeeded: () => this.#backoff.clear(key),
      failed: async () => {
        await this.#addressFailures.consume(address);
      },
      abandoned: () => this.#backoff.takeBack(key),
    };
  }
}

// Who tries to sign in where is personal: the counters hold only a digest.
function attemptKey(email: string, address: string): string {
  return createHash('sha256').update(`${email}\n${address}`).digest('base64url');
}
