import type { Invalidation } from '../events.ts';

/** Beyond this many unsent names, the whole namespace is invalidated instead. */
const NAMES_MAX = 1_000;

/**
 * Invalidations that Redis has not confirmed. They are sent again before anything is read from it, so that what
 * this process invalidated never comes back to it.
 */
export class Outbox {
  readonly #send: (invalidation: Invalidation) => Promise<boolean>;
  readonly #keys = new Set<string>();
  readonly #tags = new Set<string>();
  readonly #sending = new Set<Promise<boolean>>();
  #all = false;
  #flushing: Promise<boolean> | undefined;

  constructor(send: (invalidation: Invalidation) => Promise<boolean>) {
    this.#send = send;
  }

  /** Is everything confirmed? */
  get isIdle(): boolean {
    return this.#sending.size === 0 && !this.#flushing && !this.#hasKept;
  }

  /** Sends now; what is not confirmed is kept for `flush`. */
  async send(invalidation: Invalidation): Promise<void> {
    const sending = this.#send(invalidation);
    this.#sending.add(sending);
    const isConfirmed = await sending;
    if (!isConfirmed) this.#keep(invalidation);
    this.#sending.delete(sending);
  }

  /** Waits for what is under way, then sends what is kept; false when something is still unconfirmed. */
  flush(): Promise<boolean> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  get #hasKept(): boolean {
    return this.#all || this.#keys.size > 0 || this.#tags.size > 0;
  }

  async #flush(): Promise<boolean> {
    const results = await Promise.all(this.#sending);
    if (results.includes(false)) return false;
    while (this.#hasKept) {
      const invalidation = this.#take();
      if (await this.#send(invalidation)) continue;
      this.#keep(invalidation);
      return false;
    }
    return true;
  }

  #keep(invalidation: Invalidation): void {
    if ('all' in invalidation) this.#all = true;
    else if ('keys' in invalidation) for (const key of invalidation.keys) this.#keys.add(key);
    else for (const tag of invalidation.tags) this.#tags.add(tag);
    if (this.#keys.size + this.#tags.size > NAMES_MAX) this.#all = true;
    if (!this.#all) return;
    this.#keys.clear();
    this.#tags.clear();
  }

  #take(): Invalidation {
    if (this.#all) {
      this.#all = false;
      return { all: true };
    }
    const names = this.#keys.size > 0 ? this.#keys : this.#tags;
    const taken = [...names];
    names.clear();
    return names === this.#keys ? { keys: taken } : { tags: taken };
  }
}
