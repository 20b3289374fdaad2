import { HashQueueFullError } from './hash-queue.errors.ts';

/** Bounds of a hash queue: what runs at once, what may wait, and for how long. */
export interface HashQueueOptions {
  readonly concurrency: number;
  readonly queueMax: number;
  readonly waitMaxMs: number;
}

interface Waiting {
  readonly start: () => void;
}

/**
 * Runs password hashes in order of arrival, never more than `concurrency` at once. A job that finds the queue full, or
 * that waited `waitMaxMs`, is refused with `HashQueueFullError` and never runs: the caller tells the client to come back.
 */
export class HashQueue {
  readonly #options: HashQueueOptions;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(options: HashQueueOptions) {
    this.#options = options;
  }

  /** Jobs at work now. */
  get running(): number {
    return this.#running;
  }

  /** Jobs that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Would the next job be refused? */
  get isFull(): boolean {
    const { concurrency, queueMax } = this.#options;
    return this.#running >= concurrency && this.#waiting.size >= queueMax;
  }

  /** Throws what a job would be refused with now, before anything else is done for it. */
  assertRoom(): void {
    if (this.isFull) throw new HashQueueFullError('full');
  }

  async run<T>(job: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await job();
    } finally {
      this.#finish();
    }
  }

  async #turn(): Promise<void> {
    this.assertRoom();
    if (this.#running < this.#options.concurrency) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new HashQueueFullError('waited'));
      }, this.#options.waitMaxMs);
      this.#waiting.add(waiting);
    });
  }

  // The place of a finished job goes straight to the next one, so a newcomer cannot overtake the queue.
  #finish(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.start();
  }
}
