import { backoff } from '@ganitagya/resilience';

/** How long to wait before a dead process is started again: growing to 30 s while it keeps dying young. */
export class RestartDelay {
  readonly #steadyMs: number;
  readonly #backoff = backoff({ baseMs: 250, maxMs: 30_000 });

  constructor(steadyMs: number) {
    this.#steadyMs = steadyMs;
  }

  /** Milliseconds to wait, given how long the process lived: none after a steady life, which starts over. */
  next(livedMs: number): number {
    if (livedMs < this.#steadyMs) return this.#backoff.next();
    this.#backoff.reset();
    return 0;
  }
}
