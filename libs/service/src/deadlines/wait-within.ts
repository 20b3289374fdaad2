import type { RequestDeadline } from './request-deadline.ts';

/** What the promise gives, unless the request ends before. What is behind the promise goes on, because others wait for it. */
export async function waitWithin<T>(deadline: RequestDeadline | undefined, promise: Promise<T>): Promise<T> {
  if (deadline === undefined) return promise;
  const { signal } = deadline;
  let onAbort: (() => void) | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, ended]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
