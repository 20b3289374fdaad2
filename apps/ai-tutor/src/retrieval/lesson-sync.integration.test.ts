import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { createCache } from '@ganitagya/cache';
import { createDatabase, type Database } from '@ganitagya/database';
import { createPolicies } from '@ganitagya/resilience';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { TutorSchema } from '../schema.ts';
import { lessons, startLessonFeed, type LessonFeed } from '../testing/lesson-feed.ts';
import { startTutorDatabase, type TutorDatabase } from '../testing/test-tutor.ts';
import { COURSES_POLICY, FeedClient } from './feed-client.ts';
import { LOCK, LessonSync } from './lesson-sync.ts';

describe('reading the lessons', () => {
  let server: TutorDatabase;
  let database: Database<TutorSchema>;
  let feed: LessonFeed;

  before(async () => {
    server = await startTutorDatabase();
    database = createDatabase<TutorSchema>({ primary: server.url, applicationName: 'sync-test' });
  });
  after(async () => {
    await database.destroy();
    await server.cluster.stop();
  });
  beforeEach(async () => {
    await database.deleteFrom('passage').execute();
    await database.updateTable('lesson_feed').set({ cursor: null }).execute();
    feed = await startLessonFeed();
  });
  afterEach(() => feed.close());

  test('says how long it waits for an answer', async () => {
    assert.ok((await createSync().run()) > 0);
    assert.equal(feed.timeoutMs, COURSES_POLICY.courses.timeoutMs - 20);
  });

  const createSync = () =>
    new LessonSync({
      database,
      feed: new FeedClient(feed.url, createPolicies(COURSES_POLICY)),
      cache: createCache({ namespace: 'sync-test' }),
      log: pino({ level: 'silent' }),
      intervalMs: 60_000,
    });
  const slugs = async () => {
    const rows = await database
      .selectFrom('passage')
      .select('lesson_slug')
      .distinct()
      .orderBy('lesson_slug')
      .execute();
    return rows.map((row) => row.lesson_slug);
  };

  test('reads page after page, and then only what is new', async () => {
    const sync = createSync();
    assert.equal(await sync.run(), 3);
    assert.deepEqual(await slugs(), [
      'factorisation',
      'trigonometric-ratios',
      'what-is-a-quadratic-equation',
    ]);
    assert.equal(await sync.run(), 0);
    const [first] = lessons;
    if (first) feed.items.push({ ...first, lessonSlug: 'renamed' });
    assert.equal(await sync.run(), 1);
    assert.deepEqual(await slugs(), ['factorisation', 'renamed', 'trigonometric-ratios']);
  });

  test('forgets a lesson that is no longer published', async () => {
    const sync = createSync();
    await sync.run();
    feed.items.push({ lessonId: lessons[2]?.lessonId ?? '', removed: true });
    await sync.run();
    assert.deepEqual(await slugs(), ['factorisation', 'what-is-a-quadratic-equation']);
  });

  test('keeps what it has when courses fails or sends something else, and goes on where it was', async () => {
    const sync = createSync();
    await sync.run();
    feed.isDown = true;
    await assert.rejects(sync.run(), /503/);
    feed.isDown = false;
    feed.items.push({ nonsense: true } as never);
    await assert.rejects(sync.run());
    feed.items.pop();
    assert.equal((await slugs()).length, 3);
    assert.equal(await sync.run(), 0);
  });

  test('leaves the work to the process that is at it already', async () => {
    await database.transaction().execute(async (other) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(other);
      assert.equal(await createSync().run(), 0);
      assert.equal(feed.requests, 0);
    });
    assert.equal(await createSync().run(), 3);
  });
});
