import { isTaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import { TimedOutError } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import type { Layer } from './layer.ts';

/** Rejects at the time-out even when the work ignores its signal; an abort of the caller rejects with its reason. */
export function createTimeout(name: string, timeoutMs: number, events: PolicyEvents): Layer {
  // abortOnReturn would fire the signal on every success: more than half the cost of a call, and it cuts
  // streams that the work has handed out.
  const policy = timeout(timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  return {
    async execute(work, signal) {
      signal.throwIfAborted();
      try {
        return await policy.execute(({ signal: inner }) => work({ signal: inner }), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isTaskCancelledError(error)) throw error;
        events.emit('timeout', { name, timeoutMs });
        throw new TimedOutError(name, `no answer within ${timeoutMs} ms`);
      }
    },
  };
}
