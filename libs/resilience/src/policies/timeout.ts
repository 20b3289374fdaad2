import { TimedOutError } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import { neverAborted, type Layer, type Work } from './layer.ts';

/**
 * Rejects at the time-out even when the work ignores its signal; an abort of the caller rejects with its reason. Not
 * cockatiel's: there each call pays for a signal, whether its work looks at it or not.
 */
export function createTimeout(name: string, timeoutMs: number, events: PolicyEvents): Layer {
  return {
    execute<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        signal.throwIfAborted();
        const context = new LazySignal();
        const end = () => {
          clearTimeout(timer);
          if (signal !== neverAborted) signal.removeEventListener('abort', onAbort);
        };
        const giveUp = (reason: Error) => {
          end();
          // Before the work hears of it, so that its own rejection comes second.
          reject(reason);
          context.abort(reason);
        };
        const onAbort = () => giveUp(signal.reason as Error);
        const timer = setTimeout(() => {
          events.emit('timeout', { name, timeoutMs });
          giveUp(new TimedOutError(name, `no answer within ${timeoutMs} ms`));
        }, timeoutMs);
        if (signal !== neverAborted) signal.addEventListener('abort', onAbort);
        run(work, context, end).then(resolve, reject);
      });
    },
  };
}

/** A signal that exists from when it is first looked at. */
class LazySignal {
  #controller: AbortController | undefined;
  #abortedBy: { readonly reason: unknown } | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortedBy) this.#controller.abort(this.#abortedBy.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#abortedBy = { reason };
    this.#controller?.abort(reason);
  }
}

async function run<T>(work: Work<T>, context: LazySignal, end: () => void): Promise<T> {
  try {
    return await work(context);
  } finally {
    end();
  }
}
