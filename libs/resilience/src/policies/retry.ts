import { backoff } from '../backoff.ts';
import { isBulkheadFull, isCircuitOpen, isRefused, isThrottled } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import type { Layer } from './layer.ts';
import { sleep } from '../sleep.ts';
import type { RetryOptions } from './table.ts';

/**
 * Tries again after a jittered pause, as long as the budget allows it; a dependency that says when it may be asked again
 * is not asked before. Not cockatiel's: there an abort during the pause sleeps on and then runs
 * another attempt.
 */
export function createRetry(name: string, options: Required<RetryOptions>, events: PolicyEvents): Layer {
  return {
    async execute(work, signal) {
      const pauses = backoff(options);
      options.budget.noteCall();
      for (let attempt = 1; ; attempt++) {
        try {
          return await work({ signal });
        } catch (error) {
          if (signal.aborted || attempt >= options.attempts || !isWorthIt(error, options)) throw error;
          const delayMs = Math.max(pauses.next(), askedToWaitMs(error));
          if (!options.budget.take()) {
            events.emit('exhausted', { name, attempt, error });
            throw error;
          }
          events.emit('retry', { name, attempt, delayMs, error });
          await sleep(delayMs, signal);
        }
      }
    },
  };
}

function isWorthIt(error: unknown, { on, maxMs }: Required<RetryOptions>): boolean {
  const wasNotSent = isCircuitOpen(error) || isBulkheadFull(error) || isThrottled(error);
  return !wasNotSent && on(error) && askedToWaitMs(error) <= maxMs;
}

function askedToWaitMs(error: unknown): number {
  return isRefused(error) ? (error.retryAfterMs ?? 0) : 0;
}
