import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import type { CataloguePage, CourseDetail } from './catalogue/catalogue.schemas.ts';
import type { LessonDetail } from './lessons/lesson.schemas.ts';
import { author, newSlug } from './testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from './testing/test-courses.ts';

const WITHIN_MS = 1_000;

let world: TestWorld;
let one: TestCourses;
let two: TestCourses;

before(async () => {
  world = await startWorld({ replicas: 1 });
  one = await world.open();
  two = await world.open();
  // Until it hears of invalidations a cache keeps nothing for long, and these tests would show nothing.
  for (const { platform } of [one, two]) {
    await waitFor(() => platform.redis?.status === 'ready', { what: 'a connection to Redis' });
    await waitFor(
      () =>
        platform
          .database()
          .hosts()
          .every(({ state }) => state === 'up'),
      { what: 'all databases in sight' },
    );
  }
});
after(() => world.stop());

/** Asks the other process until it answers as expected, within a second of the answer to the writer. */
function soon(what: string, isFresh: () => Promise<boolean>): Promise<unknown> {
  return waitFor(isFresh, { timeoutMs: WITHIN_MS, what });
}

describe('a change in one process', () => {
  test('shows in another within a second: publish, edit, unpublish', async () => {
    const topic = newSlug('topic');
    const { course, headers, lessons } = await author(world, one, {
      course: { topics: [topic] },
      isPublished: false,
    });
    const lesson = `/api/courses/${course.slug}/lessons/${lessons[0]?.slug ?? ''}`;
    const status = async () => (await two.get(`/api/courses/${course.slug}`)).statusCode;
    const listed = async () =>
      (await two.get(`/api/courses?topic=${topic}`))
        .json<CataloguePage>()
        .courses.map(({ title }) => title.en);
    assert.equal(await status(), 404);
    assert.deepEqual(await listed(), []);

    await one.request('POST', `/api/courses/${course.slug}/publish`, { headers });
    await soon('the published course', async () => (await status()) === 200 && (await listed()).length === 1);
    assert.equal((await two.get(lesson)).statusCode, 200);

    const title = { en: 'A better title', hi: 'बेहतर शीर्षक' };
    await one.request('PATCH', `/api/courses/${course.slug}`, { headers, body: { title } });
    await soon('the new title', async () => (await listed())[0] === title.en);
    await soon(
      'the new title in the lesson',
      async () => (await two.get(lesson)).json<LessonDetail>().course.title.en === title.en,
    );

    await one.request('PATCH', lesson, { headers, body: { version: 1, markdown: 'Rewritten.' } });
    await soon('the new text', async () =>
      (await two.get(lesson)).json<LessonDetail>().html.includes('Rewritten.'),
    );

    const path = `/api/courses/${course.slug}/chapters/basics/lessons`;
    const added = { ...lessons[0], slug: 'added' };
    const {
      title: lessonTitle,
      summary,
      topics,
      minutes,
      markdown,
      exercises,
      slug,
    } = { ...added, minutes: 5 };
    const body = { title: lessonTitle, summary, topics, minutes, markdown, exercises, slug };
    assert.equal((await one.request('POST', path, { headers, body })).statusCode, 201);
    await soon(
      'the added lesson',
      async () => (await two.get(`/api/courses/${course.slug}`)).json<CourseDetail>().lessonCount === 2,
    );

    await one.request('POST', `/api/courses/${course.slug}/unpublish`, { headers });
    await soon('the hidden course', async () => (await status()) === 404 && (await listed()).length === 0);
    assert.equal((await two.get(lesson)).statusCode, 404);
  });

  test('never leaves an old copy behind when the replica replays late', async () => {
    const { course, headers, lessons } = await author(world, one);
    const lesson = `/api/courses/${course.slug}/lessons/${lessons[0]?.slug ?? ''}`;
    const [replica] = world.cluster.replicas;
    assert.ok(replica !== undefined);
    await replica.setReplayDelay(300);
    try {
      for (const version of [1, 2, 3]) {
        const text = `Version after ${version}.`;
        const response = await one.request('PATCH', lesson, { headers, body: { version, markdown: text } });
        assert.equal(response.statusCode, 200, response.body);
        for (const service of [one, two]) {
          // A busy process may lose sight of the replica and then learns late that it lags.
          await waitFor(async () => (await service.get(lesson)).json<LessonDetail>().html.includes(text), {
            what: text,
          });
        }
      }
    } finally {
      await replica.setReplayDelay(0);
    }
  });
});

describe('unknown ids', () => {
  test('cost neither queries nor room in the cache, however many there are', async () => {
    const { course } = await author(world, one);
    assert.equal((await one.get(`/api/courses/${course.slug}`)).statusCode, 200);
    assert.equal((await one.get(`/api/courses/${course.slug}/lessons/none`)).statusCode, 404);
    const before = one.platform.cache.stats();
    let queries = 0;
    const count = () => void (queries += 1);
    const { events } = one.platform.database();
    events.on('query', count);
    const paths = Array.from({ length: 1_000 }, () => [
      `/api/courses/${randomUUID()}`,
      `/api/courses/${course.slug}/lessons/${newSlug('lesson')}`,
    ]).flat();
    for (const path of paths) assert.equal((await one.get(path)).statusCode, 404);
    events.off('query', count);
    const after = one.platform.cache.stats();
    // Invalidations of earlier changes may still come in and cost a load each.
    assert.ok(queries <= 40, `${queries} queries`);
    assert.ok(after.entries + after.negativeEntries <= before.entries + before.negativeEntries + 5);
  });
});
