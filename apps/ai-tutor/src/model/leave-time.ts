import { remainingMs } from '@ganitagya/service';

/** What the solver and the lessons need to answer in the model's place. */
const RESERVE_MS = 300;

/** Ends work, by its signal, while there is still time in the request to answer without it. */
export async function leaveTime<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leftMs = remainingMs() - RESERVE_MS;
  if (leftMs === Infinity) return work(signal);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('No time is left for the model')), leftMs);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
