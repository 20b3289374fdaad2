import { backoff } from '../backoff.ts';
import { isBulkheadFull, isCircuitOpen } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import type { Layer } from './layer.ts';
import { sleep } from '../sleep.ts';
import type { RetryOptions } from './table.ts';

/**
 * Tries again after a jittered pause. Not cockatiel's: there an abort during the pause sleeps on and then runs
 * another attempt.
 */
export function createRetry(name: string, options: Required<RetryOptions>, events: PolicyEvents): Layer {
  return {
    async execute(work, signal) {
      const pauses = backoff(options);
      for (let attempt = 1; ; attempt++) {
        try {
          return await work({ signal });
        } catch (error) {
          const isRefused = isCircuitOpen(error) || isBulkheadFull(error);
          if (signal.aborted || isRefused || attempt >= options.attempts || !options.on(error)) throw error;
          const delayMs = pauses.next();
          events.emit('retry', { name, attempt, delayMs, error });
          await sleep(delayMs, signal);
        }
      }
    },
  };
}
