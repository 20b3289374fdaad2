import { LRUCache } from 'lru-cache';

interface Failure {
  /** Undefined: it happened in another process. */
  readonly error: unknown;
  readonly failures: number;
  readonly until: number;
}

const KEYS_MAX = 1_000;
/** The pause doubles with every failure in a row, up to so many times the first. */
const GROWTH_MAX = 8;

/** Keys whose load failed lately, so that a broken source is asked once in a while and not by every caller. */
export class Failures {
  readonly #backoffMs: number;
  readonly #byKey = new LRUCache<string, Failure>({ max: KEYS_MAX });

  constructor(backoffMs: number) {
    this.#backoffMs = backoffMs;
  }

  /** The failure for whose sake the key is not loaded now. */
  current(key: string, now: number): { readonly error: unknown } | undefined {
    const failure = this.#byKey.get(key);
    return failure && now < failure.until ? failure : undefined;
  }

  /** For how long nobody should try again. */
  note(key: string, error: unknown, now: number): number {
    if (this.#backoffMs === 0) return 0;
    const last = this.#byKey.get(key);
    const longestMs = this.#backoffMs * GROWTH_MAX;
    // Failures long past say nothing of this one.
    const failures = last && now < last.until + longestMs ? last.failures + 1 : 1;
    const pauseMs = Math.min(this.#backoffMs * 2 ** (failures - 1), longestMs);
    this.#byKey.set(key, { error, failures, until: now + pauseMs });
    return pauseMs;
  }

  /** A load failed in another process; its error is not known here, and an older one of our own is not its. */
  hear(key: string, pauseMs: number, now: number): void {
    if (this.current(key, now)) return;
    const failures = this.#byKey.get(key)?.failures ?? 0;
    this.#byKey.set(key, { error: undefined, failures, until: now + pauseMs });
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
  }
}
