const END_TIMEOUT_MS = 30_000;

/** How often a request is due, and how many may be under way. */
export type LoadOptions = {
  readonly perSecond: number;
  readonly inFlightMax: number;
  /** Starts the request that was due at `dueMs`; must not reject. */
  readonly request: (dueMs: number) => Promise<void>;
};

/** Requests at a constant rate, whether the earlier ones have been answered or not. */
export class Load {
  readonly #options: LoadOptions;
  readonly #underWay = new Set<Promise<void>>();
  #dueMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #clipped = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#next();
  }

  /** Requests that were due and not sent, because too many were under way: with any, the rate was not constant. */
  get clipped(): number {
    return this.#clipped;
  }

  /** Sends nothing more and waits for what is under way; throws when something of it never ends. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    let late: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      late = setTimeout(
        () => reject(new Error(`${this.#underWay.size} requests without an answer`)),
        END_TIMEOUT_MS,
      );
    });
    await Promise.race([Promise.all(this.#underWay), limit]).finally(() => clearTimeout(late));
  }

  #next(): void {
    const { perSecond } = this.#options;
    for (; this.#dueMs <= performance.now(); this.#dueMs += 1_000 / perSecond) this.#send(this.#dueMs);
    this.#timer = setTimeout(() => this.#next(), Math.max(1, this.#dueMs - performance.now()));
  }

  #send(dueMs: number): void {
    if (this.#underWay.size >= this.#options.inFlightMax) {
      this.#clipped += 1;
      return;
    }
    const request = this.#options.request(dueMs).finally(() => this.#underWay.delete(request));
    this.#underWay.add(request);
  }
}
