import type { Cache } from '@ganitagya/cache';
import { backoff } from '@ganitagya/resilience';
import type { FastifyBaseLogger } from 'fastify';
import { sql } from 'kysely';
import type { Executor } from '../schema.ts';
import type { FeedClient } from './feed-client.ts';
import type { FeedLesson, FeedPage } from './feed-page.ts';

/** Tags everything that was found in the lessons. */
export const LESSONS_TAG = 'lessons';

/** The advisory lock of whoever reads the feed; no other lock of this database has this number. */
export const LOCK = 7_263_101;
const PAGES_PER_RUN_MAX = 100;
const BODY_LENGTH_MAX = 20_000;

interface LessonSyncOptions {
  readonly database: Executor;
  readonly feed: FeedClient;
  readonly cache: Cache;
  readonly log: FastifyBaseLogger;
  readonly intervalMs: number;
}

/** Keeps the search index like the lessons: at its start and then regularly, one process of all at a time. */
export class LessonSync {
  readonly #options: LessonSyncOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LessonSyncOptions) {
    this.#options = options;
  }

  /** Begins with a run at once. */
  start(): void {
    const { intervalMs } = this.#options;
    // After a failure (courses may just be starting) sooner than otherwise.
    const pauses = backoff({ baseMs: Math.min(500, intervalMs), maxMs: intervalMs });
    const run = () => {
      this.#running = this.#runSafely().then((succeeded) => {
        if (succeeded) pauses.reset();
        if (this.#stop.signal.aborted) return;
        // A little spread, so that processes started together do not stay together.
        const waitMs = succeeded ? intervalMs * (0.9 + Math.random() * 0.2) : pauses.next();
        this.#timer = setTimeout(run, waitMs).unref();
      });
    };
    run();
  }

  /** Ends the run under way and starts no more. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Reads what is new; returns how many lessons changed. Another process at work means nothing to do. */
  async run(): Promise<number> {
    let changed = 0;
    for (let page = 0; page < PAGES_PER_RUN_MAX; page += 1) {
      const result = await this.#readPage();
      changed += result?.items.length ?? 0;
      if (result?.hasMore !== true) break;
    }
    if (changed > 0) await this.#options.cache.invalidateTags([LESSONS_TAG]);
    return changed;
  }

  /** Whether it could be read. */
  async #runSafely(): Promise<boolean> {
    const { log } = this.#options;
    try {
      const changed = await this.run();
      if (changed > 0) log.info({ lessons: changed }, 'lessons read');
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted)
        log.warn({ err: error }, 'the lessons could not be read; going on with what is known');
      return false;
    }
  }

  /** One page in one transaction, with its cursor: a crash repeats at most a page. */
  #readPage(): Promise<FeedPage | undefined> {
    const { database, feed } = this.#options;
    return database.transaction().execute(async (transaction) => {
      const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
        transaction,
      );
      if (lock.rows[0]?.taken !== true) return undefined;
      const state = await transaction.selectFrom('lesson_feed').select('cursor').executeTakeFirst();
      const page = await feed.page(state?.cursor ?? null, this.#stop.signal);
      await store(transaction, page);
      return page;
    });
  }
}

async function store(transaction: Executor, { items, next }: FeedPage): Promise<void> {
  const ids = items.map(({ lessonId }) => lessonId);
  if (ids.length > 0) await transaction.deleteFrom('passage').where('lesson_id', 'in', ids).execute();
  for (const item of items) {
    const rows = item.removed ? [] : rowsOf(item);
    if (rows.length > 0) await transaction.insertInto('passage').values(rows).execute();
  }
  await transaction.updateTable('lesson_feed').set({ cursor: next, read_at: new Date() }).execute();
}

function rowsOf(lesson: FeedLesson) {
  return lesson.passages.map(({ heading, text }, ordinal) => ({
    lesson_id: lesson.lessonId,
    ordinal,
    course_slug: lesson.courseSlug,
    lesson_slug: lesson.lessonSlug,
    title_en: lesson.title.en,
    title_hi: lesson.title.hi,
    topics: lesson.topics.join(' ').replaceAll('-', ' '),
    heading,
    body: text.slice(0, BODY_LENGTH_MAX),
  }));
}
