import { createCache, createRedis } from '../index.ts';
import type { CacheStats } from '../index.ts';

/** A process whose callers all ask for one key at a time; started by a test with the URL of Redis and settings. */
const [url = '', settings = '{}'] = process.argv.slice(2);
const redis = createRedis(url, { commandTimeoutMs: 5_000 });
const cache = createCache({
  namespace: 'crowd',
  redis,
  remote: { budgetMs: 5_000 },
  ...(JSON.parse(settings) as object),
});

export interface CrowdRequest {
  readonly key: string;
  readonly callers: number;
  readonly loadMs: number;
  readonly outcome: 'value' | 'error' | 'nothing';
}

export interface CrowdResult {
  readonly values: number;
  readonly errors: number;
  readonly stats: CacheStats;
}

/** Loads are counted in Redis, so that also those of a process that is killed count. */
async function load({ loadMs, outcome }: CrowdRequest): Promise<string | null> {
  await redis.incr('loads');
  await new Promise((resolve) => setTimeout(resolve, loadMs));
  if (outcome === 'error') throw new Error('broken');
  return outcome === 'value' ? 'value' : null;
}

async function answer(request: CrowdRequest): Promise<CrowdResult> {
  const calls = Array.from({ length: request.callers }, () =>
    cache.getOrSet(request.key, () => load(request), {
      negative: { isNegative: (value) => value === null },
    }),
  );
  const results = await Promise.allSettled(calls);
  const values = results.filter(({ status }) => status === 'fulfilled').length;
  return { values, errors: results.length - values, stats: cache.stats() };
}

process.on('message', (request: CrowdRequest) => {
  void answer(request).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
cache.events.on('listening', ({ isListening }) => {
  if (isListening) process.send?.('listening');
});
