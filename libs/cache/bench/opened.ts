import type { Entrant } from './contestant.ts';
import { openEntrant, type Handle } from './process/handle.ts';
import { startRedis, type RedisServer } from './testing/parts.ts';

/** An entrant whose process runs. */
export interface Opened {
  readonly entrant: Entrant;
  readonly handle: Handle;
}

/** Runs some work beside a Redis of its own. */
export async function withRedis<Result>(work: (redis: RedisServer) => Promise<Result>): Promise<Result> {
  const redis = await startRedis();
  try {
    return await work(redis);
  } finally {
    await redis.stop();
  }
}

/** Runs some work with a process of every entrant, and ends them. */
export async function withEntrants<Result>(
  entrants: readonly Entrant[],
  url: string,
  work: (opened: readonly Opened[]) => Promise<Result>,
): Promise<Result> {
  const opened: Opened[] = [];
  try {
    for (const entrant of entrants) opened.push({ entrant, handle: await openEntrant(entrant, url) });
    return await work(opened);
  } finally {
    await Promise.all(opened.map(({ handle }) => handle.end()));
  }
}
