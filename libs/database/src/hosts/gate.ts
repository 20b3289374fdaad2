/** How many may pass at once, how many may wait, and how long. */
export type GateOptions = {
  readonly permits: number;
  readonly waitersMax: number;
  readonly timeoutMs: number;
  /** Builds the error for a caller that is not let in. */
  readonly refuse: (message: string) => Error;
};

type Waiter = { readonly enter: () => void; readonly leave: (error: Error) => void };

/** A semaphore with a bounded first-in-first-out queue; an aborted or late waiter leaves nothing behind. */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiters = new Set<Waiter>();
  #used = 0;
  #closedBy: Error | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  get isClosed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** Takes a permit when there is one at once. */
  tryEnter(): boolean {
    if (this.#used >= this.#options.permits || this.#closedBy) return false;
    this.#used += 1;
    return true;
  }

  /** Resolves when a permit is ours; `leave` gives it back. */
  async enter(signal?: AbortSignal): Promise<void> {
    const { waitersMax, timeoutMs, refuse } = this.#options;
    signal?.throwIfAborted();
    if (this.#closedBy) throw this.#closedBy;
    if (this.tryEnter()) return;
    if (this.#waiters.size >= waitersMax) throw refuse(`${waitersMax} callers wait already`);
    await new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
        finish();
      };
      const waiter: Waiter = {
        enter: () => settle(resolve),
        leave: (error) => settle(() => reject(error)),
      };
      const onAbort = () => waiter.leave(signal?.reason as Error);
      const timer = setTimeout(() => waiter.leave(refuse(`no connection within ${timeoutMs} ms`)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Gives a permit back; the first waiter takes it over. */
  leave(): void {
    const [next] = this.#waiters;
    if (next) next.enter();
    else this.#used -= 1;
  }

  /** Refuses everybody from now on, waiters included. */
  close(error: Error): void {
    this.#closedBy = error;
    this.turnAway(error);
  }

  /** Refuses those who wait now. */
  turnAway(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.leave(error);
  }
}
