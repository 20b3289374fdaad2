import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from '@ganitagya/cache';
import type { FastifyBaseLogger } from 'fastify';

const CAUGHT_UP_TIMEOUT_MS = 1_000;
const RETRY_AFTER_MS = 2_000;
const RETRIES_MAX = 10;
const PENDING_MAX = 1_000;

/** What invalidation needs to know of a database. */
interface Replicated {
  caughtUp(options: { readonly timeoutMs: number }): Promise<boolean>;
}

export type Invalidation = ReturnType<typeof createInvalidation>;

/**
 * Drops what a change has made stale, everywhere. A cache would fill itself again from a replica that has not replayed
 * the change yet, so the replicas are waited for; those that take longer get a second invalidation when they are there.
 */
export function createInvalidation(dependencies: {
  readonly db: Replicated;
  readonly cache: Cache;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
}) {
  const { db, cache, log } = dependencies;
  const closing = new AbortController();
  const pending = new Set<Promise<void>>();

  /** The change is committed whatever happens here, so a fault only means that nobody knows. */
  async function areReplicasCaughtUp(): Promise<boolean> {
    try {
      return await db.caughtUp({ timeoutMs: CAUGHT_UP_TIMEOUT_MS });
    } catch (error) {
      log.warn({ err: error }, 'replicas could not be asked how far they are');
      return false;
    }
  }

  async function againWhenCaughtUp(tags: readonly string[]): Promise<void> {
    for (let retry = 0; retry < RETRIES_MAX && !closing.signal.aborted; retry += 1) {
      await sleep(RETRY_AFTER_MS, undefined, { signal: closing.signal }).catch(ignoreAbort);
      if (await areReplicasCaughtUp()) break;
    }
    await cache.invalidateTags(tags);
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
      const retry = againWhenCaughtUp(tags).finally(() => pending.delete(retry));
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
