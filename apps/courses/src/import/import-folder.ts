import { once } from 'node:events';
import { createCache, createRedis, type Redis } from '@ganitagya/cache';
import { createDatabase, createSession, runInSession } from '@ganitagya/database';
import { List, loadConfig, splitList } from '@ganitagya/service';
import { Type, type Static } from 'typebox';
import type { CoursesSchema } from '../schema.ts';
import type { ContentCourse } from './content.ts';
import { formatFault } from './fault.ts';
import { parseContent } from './parse-content.ts';
import { SlugTakenError, writeContent } from './write-content.ts';

const CAUGHT_UP_TIMEOUT_MS = 10_000;
const REDIS_READY_TIMEOUT_MS = 5_000;

const importConfig = Type.Object({
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_REPLICA_URLS: List({ default: '' }),
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://' })),
});

/** What to import, and where to say what came of it. */
export interface ImportOptions {
  readonly root: string;
  readonly isCheckOnly?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (line: string) => void;
}

/** Checks a content folder, writes it, and tells running services what has become stale. Returns the exit code. */
export async function importFolder({ root, isCheckOnly = false, env, tell }: ImportOptions): Promise<number> {
  const { courses, faults } = await parseContent(root);
  for (const fault of faults) tell(formatFault(fault));
  if (faults.length > 0) {
    tell(`${faults.length} fault(s); nothing was written`);
    return 1;
  }
  if (isCheckOnly) {
    const lessons = courses.flatMap(({ chapters }) => chapters.flatMap((chapter) => chapter.lessons));
    tell(`${courses.length} courses with ${lessons.length} lessons are in order`);
    return 0;
  }
  try {
    await write(courses, loadConfig(importConfig, env), tell);
    return 0;
  } catch (error) {
    if (!(error instanceof SlugTakenError)) throw error;
    tell(formatFault({ path: `${error.slug}/course.md`, line: 1, message: error.message }));
    tell('1 fault(s); nothing was written');
    return 1;
  }
}

async function write(
  courses: readonly ContentCourse[],
  config: Static<typeof importConfig>,
  tell: ImportOptions['tell'],
): Promise<void> {
  await using db = createDatabase<CoursesSchema>({
    primary: config.DATABASE_URL,
    replicas: splitList(config.DATABASE_REPLICA_URLS),
    applicationName: 'courses import',
    poolSizeMax: 2,
    statementTimeoutMs: 60_000,
  });
  await runInSession(createSession(), async () => {
    const { created, updated, removed, unchanged, tags } = await writeContent(db, courses);
    tell(`created ${created}, updated ${updated}, removed ${removed}, unchanged ${unchanged}`);
    if (tags.length === 0) return;
    if (!(await db.caughtUp({ timeoutMs: CAUGHT_UP_TIMEOUT_MS }))) {
      tell('a replica lags; caches may be stale for a while');
    }
    if (config.REDIS_URL !== undefined) await invalidate(config.REDIS_URL, tags, tell);
  });
}

/** Services without Redis notice when their copies expire. */
async function invalidate(url: string, tags: readonly string[], tell: (line: string) => void): Promise<void> {
  const redis = createRedis(url, { connectionName: 'courses import', commandTimeoutMs: 2_000 });
  const cache = createCache({ namespace: 'courses', redis });
  try {
    await ready(redis);
    await cache.invalidateTags(tags);
    tell(`invalidated ${tags.length} cache tags`);
  } catch (error) {
    // All is written by now, so this is no failure: a connection that is refused, or one that nobody answers.
    tell(`Redis does not answer; caches may be stale until they expire (${String(error)})`);
  } finally {
    await cache.close();
    redis.disconnect();
  }
}

async function ready(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await once(redis, 'ready', { signal: AbortSignal.timeout(REDIS_READY_TIMEOUT_MS) });
}
