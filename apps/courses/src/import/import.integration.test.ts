import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test, type TestContext } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { sql } from 'kysely';
import type { CourseDetail } from '../catalogue/catalogue.schemas.ts';
import type { FeedPage } from '../feed/feed.schemas.ts';
import type { LessonDetail } from '../lessons/lesson.schemas.ts';
import { author } from '../testing/builders.ts';
import { contentFolder, COURSE_FILE, GOOD_FOLDER, lessonFile } from '../testing/content-folder.ts';
import { runScript } from '../testing/run-script.ts';
import { importFolder } from './import-folder.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';

const LESSON = 'algebra/01-equations/01-factors.md';
const OTHER_LESSON = 'algebra/01-equations/02-roots.md';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
  await waitFor(() => service.platform.redis?.status === 'ready', { what: 'a connection to Redis' });
});
after(() => world.stop());

/** As the command does it, in this process. */
async function runImport(
  root: string,
  redisUrl = world.redis.url,
): Promise<{ readonly code: number; readonly output: string }> {
  const lines: string[] = [];
  const env = { DATABASE_URL: world.url, REDIS_URL: redisUrl };
  const code = await importFolder({ root, env, tell: (line) => void lines.push(line) });
  return { code, output: lines.join('\n') };
}

/** Every row of the imported tables with the transaction that wrote it. */
async function rows(): Promise<unknown[]> {
  const tables = ['course', 'chapter', 'lesson', 'exercise', 'lesson_change'].map((table) =>
    sql<object>`select ${sql.lit(table)} as "table", ctid::text, xmin::text from ${sql.table(table)}`.execute(
      world.db,
    ),
  );
  return (await Promise.all(tables)).flatMap((result) => result.rows);
}

async function goodFolder(t: TestContext) {
  const folder = await contentFolder(t, GOOD_FOLDER);
  const { code, output } = await runImport(folder.path);
  assert.equal(code, 0, output);
  return folder;
}

describe('import', () => {
  test('creates and publishes; a second run writes nothing', async (t) => {
    const folder = await goodFolder(t);
    const course = (await service.get('/api/courses/algebra')).json<CourseDetail>();
    assert.deepEqual(
      course.chapters[0]?.lessons.map(({ slug }) => slug),
      ['factors', 'roots'],
    );
    const written = await rows();
    const again = await runImport(folder.path);
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /^created 0, updated 0, removed 0, unchanged 4$/mu);
    assert.deepEqual(await rows(), written);
  });

  test('writes only what changed, keeps ids, and running services notice', async (t) => {
    const folder = await goodFolder(t);
    const read = async () => (await service.get('/api/courses/algebra/lessons/factors')).json<LessonDetail>();
    const first = await read();
    await folder.write({ [LESSON]: lessonFile().replace('The text', 'The new text') });
    const { output } = await runImport(folder.path);
    assert.match(output, /^created 0, updated 1, removed 0, unchanged 3$/mu);
    await waitFor(async () => (await read()).html.includes('The new text'));
    const second = await read();
    assert.deepEqual([second.id, second.version], [first.id, first.version + 1]);
  });

  test('removes what is gone, keeps the progress of the rest, and tells the feed', async (t) => {
    const folder = await goodFolder(t);
    const course = (await service.get('/api/courses/algebra')).json<CourseDetail>();
    const [kept, gone] = course.chapters[0]?.lessons ?? [];
    const headers = await world.signIn('student');
    for (const lesson of [kept, gone]) {
      await service.request('PUT', `/api/progress/${lesson?.id ?? ''}`, { headers, body: { percent: 50 } });
    }
    const start = (await service.get('/api/lessons/feed')).json<FeedPage>().next;
    await folder.write({ [OTHER_LESSON]: null });
    const { output } = await runImport(folder.path);
    assert.match(output, /^created 0, updated 0, removed 1, unchanged 3$/mu);
    const progress = await service.get('/api/progress?course=algebra', headers);
    assert.deepEqual(
      progress.json<{ lessons: { lessonId: string }[] }>().lessons.map(({ lessonId }) => lessonId),
      [kept?.id],
    );
    const feed = (await service.get(`/api/lessons/feed?after=${start}`)).json<FeedPage>();
    assert.deepEqual(feed.items, [{ lessonId: gone?.id, removed: true }]);
    await rm(`${folder.path}/algebra`, { recursive: true });
    assert.match((await runImport(folder.path)).output, /removed 3/u);
    await waitFor(async () => (await service.get('/api/courses/algebra')).statusCode === 404);
  });

  test('with a fault anywhere it names it, exits 1 and writes nothing', async (t) => {
    const folder = await goodFolder(t);
    const written = await rows();
    await folder.write({
      [LESSON]: lessonFile('Changed'),
      [OTHER_LESSON]: lessonFile('Roots').replace('$x^2$', '$\\nope$'),
    });
    const { code, output } = await runImport(folder.path);
    assert.equal(code, 1);
    assert.match(
      output,
      /^algebra\/01-equations\/02-roots\.md:14: LaTeX: Undefined control sequence: \\nope$/mu,
    );
    assert.deepEqual(await rows(), written);
  });

  test('is done, and says what may be stale, when Redis is out', async (t) => {
    const folder = await goodFolder(t);
    await folder.write({ [LESSON]: lessonFile('While Redis was out') });
    const { code, output } = await runImport(folder.path, 'redis://127.0.0.1:1');
    assert.equal(code, 0, output);
    assert.match(output, /^Redis does not answer; caches may be stale/mu);
  });

  test("never takes a teacher's course over", async (t) => {
    const { course } = await author(world, service);
    const folder = await contentFolder(t, {
      ...GOOD_FOLDER,
      [`${course.slug}/course.md`]: COURSE_FILE,
      [`${course.slug}/01-a/chapter.md`]: GOOD_FOLDER['algebra/01-equations/chapter.md'] ?? '',
      [`${course.slug}/01-a/01-b.md`]: lessonFile(),
    });
    const written = await rows();
    const { code, output } = await runImport(folder.path);
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`^${course.slug}/course\\.md:1: the slug`, 'mu'));
    assert.deepEqual(await rows(), written);
  });

  test('brings back what was changed by hand', async (t) => {
    const folder = await goodFolder(t);
    const headers = await world.signIn('admin');
    await service.request('POST', '/api/courses/algebra/unpublish', { headers });
    assert.equal((await service.get('/api/courses/algebra')).statusCode, 404);
    assert.match((await runImport(folder.path)).output, /updated 1/u);
    await waitFor(async () => (await service.get('/api/courses/algebra')).statusCode === 200);
  });
});

describe('the command', () => {
  test('imports', async (t) => {
    const folder = await contentFolder(t, GOOD_FOLDER);
    const { code, output } = await runScript('import/main.ts', [folder.path], { DATABASE_URL: world.url });
    assert.equal(code, 0, output);
    assert.match(output, /^created \d+, updated \d+, removed \d+, unchanged \d+$/mu);
  });

  test('only checks when told so, and needs no database then', async (t) => {
    const folder = await contentFolder(t, GOOD_FOLDER);
    const good = await runScript('import/main.ts', ['--check', folder.path]);
    assert.deepEqual([good.code, good.output], [0, '1 courses with 2 lessons are in order\n']);
    await folder.write({ 'algebra/course.md': 'x' });
    assert.equal((await runScript('import/main.ts', ['--check', folder.path])).code, 1);
  });
});

describe('migrations', () => {
  test('go up and down by the command', async () => {
    const env = { MIGRATION_DATABASE_URL: world.cluster.primary.url('courses_owner', 'owner') };
    assert.deepEqual(await runScript('migrate.ts', ['up'], env), { code: 0, output: '' });
    const down = await runScript('migrate.ts', ['down'], env);
    assert.deepEqual(down, { code: 0, output: 'down 0001-courses: Success\n' });
    const up = await runScript('migrate.ts', [], env);
    assert.deepEqual(up, { code: 0, output: 'up 0001-courses: Success\n' });
    assert.equal((await runScript('migrate.ts', ['sideways'], env)).code, 64);
  });
});
