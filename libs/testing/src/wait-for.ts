import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait, how often to look, and what to call the condition when it never holds. */
export type WaitOptions = {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  readonly what?: string;
  readonly signal?: AbortSignal;
};

/**
 * Polls until the condition gives something truthy and returns that. Errors count as "not yet"; the last one is the
 * cause of the error thrown at the deadline.
 */
export async function waitFor<Value>(
  condition: () => Value | Promise<Value>,
  { timeoutMs = 10_000, intervalMs = 20, what = 'the condition', signal }: WaitOptions = {},
): Promise<Exclude<Value, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await condition();
      if (value) return value as Exclude<Value, false | null | undefined>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: lastError });
    }
    await sleep(intervalMs, undefined, signal && { signal });
  }
}
