import { BulkheadFullError } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import type { Layer } from './layer.ts';
import type { BulkheadOptions } from './table.ts';

/**
 * Bounds how many calls run and how many wait, first come first served. Not cockatiel's: there an aborted waiter
 * keeps its place until a slot is free, and a newcomer can take the slot of the one just called up.
 */
export class Bulkhead implements Layer {
  readonly #name: string;
  readonly #options: BulkheadOptions;
  readonly #events: PolicyEvents;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(name: string, options: BulkheadOptions, events: PolicyEvents) {
    this.#name = name;
    this.#options = options;
    this.#events = events;
  }

  async execute<T>(
    work: (context: { signal: AbortSignal }) => Promise<T> | T,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.#running < this.#options.concurrent) this.#running++;
    else await this.#waitForSlot(signal);
    try {
      return await work({ signal });
    } finally {
      this.#release();
    }
  }

  #waitForSlot(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#options.queue) {
      this.#events.emit('rejected', { name: this.#name, reason: 'bulkhead_full' });
      throw new BulkheadFullError(
        this.#name,
        `${this.#running} calls running, ${this.#waiting.size} waiting`,
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(enter);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Hands the slot straight to the longest waiter, so that nobody can slip in between. */
  #release(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
