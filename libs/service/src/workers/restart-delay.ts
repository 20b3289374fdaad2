import { backoff } from '@ganitagya/resilience';

const STEADY_MS = 10_000;

/** How long to wait before a dead process is started again: growing to 30 s while it keeps dying young. */
export class RestartDelay {
  readonly #backoff = backoff({ baseMs: 250, maxMs: 30_000 });

  /** Milliseconds to wait, given how long the process lived; a life of 10 s starts the sequence over. */
  next(livedMs: number): number {
    if (livedMs >= STEADY_MS) this.#backoff.reset();
    return this.#backoff.next();
  }
}
