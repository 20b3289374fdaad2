import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { FastifyBaseLogger } from 'fastify';
import type { CoursesSchema } from './schema.ts';

const CAUGHT_UP_TIMEOUT_MS = 1_000;
/** Pauses before the later invalidations. */
const RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];
const PENDING_MAX = 1_000;

export type Invalidation = ReturnType<typeof createInvalidation>;

/**
 * Drops what a change has made stale, everywhere. A cache would fill itself again from a replica that has not replayed
 * the change yet, so the replicas are waited for. While one lags, or is out of sight of this process (others may still
 * read from it), the same is dropped again and again for a quarter of a minute.
 */
export function createInvalidation(dependencies: {
  readonly db: Pick<Database<CoursesSchema>, 'caughtUp' | 'hosts'>;
  readonly cache: Pick<Cache, 'invalidateTags'>;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
}) {
  const { db, cache, log } = dependencies;
  const closing = new AbortController();
  const pending = new Set<Promise<void>>();

  async function areReplicasCaughtUp(): Promise<boolean> {
    try {
      const isCaughtUp = await db.caughtUp({ timeoutMs: CAUGHT_UP_TIMEOUT_MS });
      return isCaughtUp && db.hosts().every(({ role, state }) => role === 'primary' || state === 'up');
    } catch (error) {
      // The change is committed all the same; only how far the replicas are is not known.
      log.warn({ err: error }, 'replicas could not be asked how far they are');
      return false;
    }
  }

  async function invalidateUntilCaughtUp(tags: readonly string[]): Promise<void> {
    for (const delayMs of RETRY_DELAYS_MS) {
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(ignoreAbort);
      const isLast = closing.signal.aborted || (await areReplicasCaughtUp());
      await cache.invalidateTags(tags);
      if (isLast) return;
    }
  }

  return {
    /** Call it after the commit, in the request that wrote. */
    async published(tags: readonly string[]): Promise<void> {
      const isCaughtUp = await areReplicasCaughtUp();
      await cache.invalidateTags(tags);
      if (isCaughtUp) return;
      if (pending.size >= PENDING_MAX) {
        log.warn({ tags }, 'too many late invalidations; a stale copy may live until it expires');
        return;
      }
      const retry = invalidateUntilCaughtUp(tags).finally(() => pending.delete(retry));
      pending.add(retry);
    },

    /** Does what is still due at once. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(pending);
    },
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
