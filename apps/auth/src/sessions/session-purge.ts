import type { Executor } from '../schema.ts';
import { deleteOverSessions } from './session.repository.ts';

const HOUR_MS = 3_600_000;
const BATCH = 5_000;

/** What a purge works with. `onError` hears of one that failed; the next hour tries again. */
export interface SessionPurgeOptions {
  readonly database: Executor;
  readonly onError: (error: unknown) => void;
}

/** Deletes sessions that are over, every hour, so that the table holds a month of sign-ins and no more. */
export function startSessionPurge({ database, onError }: SessionPurgeOptions): { stop(): void } {
  const timer = setInterval(() => {
    purgeSessions(database).catch(onError);
  }, HOUR_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Deletes all sessions that are over, in batches; returns how many. */
export async function purgeSessions(database: Executor, batch = BATCH): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await deleteOverSessions(database, batch);
    total += count;
    if (count < batch) return total;
  }
}
