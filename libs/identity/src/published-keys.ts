import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, createPolicies } from '@ganitagya/resilience';
import { timeoutHeader } from '@ganitagya/service';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Fetches the auth service's public keys (a JWK set); must heed the signal. */
export type FetchKeys = (signal: AbortSignal) => Promise<JSONWebKeySet>;

const REFRESH_MS = 5 * 60_000;
const COOLDOWN_MS = 10_000;
/** After a fetch that failed. */
const FAILED_COOLDOWN_MS = 1_000;
const FETCH_TIMEOUT_MS = 2_000;

/** The keys could not be fetched and none are at hand. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly code = 'identity.keys_unavailable';
}

/**
 * The auth service's public keys. Fetched at first use, again in the background when they are five minutes old, and
 * at once for an unknown key id, but never more than every 10 s; while auth is down those at hand go on serving, and an
 * unknown key id is unavailable, not wrong.
 */
export class PublishedKeys {
  readonly #fetchKeys: FetchKeys;
  readonly #now: () => number;
  readonly #policies = createPolicies({ keys: { timeoutMs: FETCH_TIMEOUT_MS } });
  #find: JWTVerifyGetKey | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;
  #isFailing = false;

  constructor(fetchKeys: FetchKeys, now: () => number = () => performance.now()) {
    this.#fetchKeys = fetchKeys;
    this.#now = now;
  }

  /** The key that a token names, for `jwtVerify`. */
  readonly resolve: JWTVerifyGetKey = async (header, token) => {
    if (this.#find === undefined) await this.#refresh();
    else if (this.#now() - this.#fetchedAt > REFRESH_MS) void this.#refresh().catch(() => undefined);
    const find = this.#find;
    if (find === undefined) throw unavailable();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.#isFailing) {
        // The next one may find it; this one does not wait for an endpoint that has just failed others.
        void this.#refresh();
        throw unavailable();
      }
      if (this.#fetching === undefined && !this.#hasCooledDown()) throw error;
      await this.#refresh();
      return await this.#findNow(header, token, find);
    }
  };

  /**
   * Tries until keys are at hand or `signal` aborts, so that a process has them before auth goes down, not after.
   * Never rejects.
   */
  async prefetch(signal: AbortSignal): Promise<void> {
    const pauses = backoff({ baseMs: 100, maxMs: 5_000 });
    while (!signal.aborted) {
      try {
        await this.#refresh();
        return;
      } catch {
        // The reason is told to whoever needs a key meanwhile.
        await pause(pauses.next(), signal);
      }
    }
  }

  /** A key that is unknown while the keys cannot be fetched may be a good one: that is no reason to sign anybody out. */
  async #findNow(...[header, token, before]: [...Parameters<JWTVerifyGetKey>, JWTVerifyGetKey]) {
    try {
      return await (this.#find ?? before)(header, token);
    } catch (error) {
      throw this.#isFailing && error instanceof errors.JWKSNoMatchingKey ? unavailable() : error;
    }
  }

  #hasCooledDown(): boolean {
    return this.#now() - this.#triedAt > (this.#isFailing ? FAILED_COOLDOWN_MS : COOLDOWN_MS);
  }

  /** One fetch at a time. Throws only while no keys are at hand. */
  #refresh(): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    if (this.#find !== undefined && !this.#hasCooledDown()) return Promise.resolve();
    this.#triedAt = this.#now();
    this.#fetching = this.#policies
      .execute('keys', async ({ signal }) => createLocalJWKSet(await this.#fetchKeys(signal)))
      .then(
        (find) => {
          this.#find = find;
          this.#fetchedAt = this.#now();
          this.#isFailing = false;
        },
        (cause: unknown) => {
          this.#isFailing = true;
          if (this.#find === undefined) {
            throw new KeysUnavailableError('The signing keys could not be fetched.', { cause });
          }
        },
      )
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}

function unavailable(): KeysUnavailableError {
  return new KeysUnavailableError('The signing keys are not at hand.');
}

/** Waits without keeping the process alive; ends early when aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, signal }).catch(() => undefined);
}

/** Fetches a JWK set over HTTP. */
export function keysFrom(url: string): FetchKeys {
  return async (signal) => {
    // In the policy `keys`.
    // eslint-disable-next-line no-restricted-globals
    const response = await fetch(url, {
      signal,
      redirect: 'error',
      // All who need the keys wait for them, so the time of one request does not count.
      headers: { accept: 'application/json', ...timeoutHeader(FETCH_TIMEOUT_MS) },
    });
    if (!response.ok) throw new Error(`The key endpoint answered ${response.status}.`);
    return (await response.json()) as JSONWebKeySet;
  };
}
