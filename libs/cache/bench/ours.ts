import { once } from 'node:events';

import { createCache, createRedis } from '../src/index.ts';
import type { Contestant, ContestantModule } from './contestant.ts';

/** What only prepares others' measurements must not lose anything to a busy moment. */
const PATIENT_MS = 5_000;

/** This library with its defaults, connected and listening. `patient`: with all the time in the world. */
export const open: ContestantModule['open'] = async ({ url, settings }) => {
  const isPatient = settings === 'patient';
  const redis = createRedis(url, isPatient ? { commandTimeoutMs: PATIENT_MS } : {});
  const remote = isPatient ? { budgetMs: PATIENT_MS } : {};
  const cache = createCache({ namespace: 'bench', redis, remote });
  // Not `once`, which gives up at the first error: a busy machine may need a second try to connect.
  const ready = new Promise<unknown>((resolve) => redis.once('ready', resolve));
  await Promise.all([once(cache.events, 'listening'), redis.status === 'ready' || ready]);
  const contestant: Contestant = {
    getOrSet: (key, load, tags) => (tags ? cache.getOrSet(key, load, { tags }) : cache.getOrSet(key, load)),
    peek: (key) => cache.peek(key),
    getMany: async (keys) => [...(await cache.getMany(keys, () => new Map<string, unknown>())).values()],
    invalidate: (key) => cache.invalidate(key),
    invalidateTag: (tag) => cache.invalidateTags([tag]),
    clear: () => cache.clear(),
    onInvalidated(listener) {
      cache.events.on('invalidated', ({ invalidation, origin }) => {
        if (origin === 'own' || !('keys' in invalidation)) return;
        for (const key of invalidation.keys) if (cache.peek(key) === undefined) listener(key);
      });
    },
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
  return contestant;
};
