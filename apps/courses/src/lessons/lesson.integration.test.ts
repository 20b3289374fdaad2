import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { author, newSlug } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import type { LessonDetail, Solutions } from './lesson.schemas.ts';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
});
after(() => world.stop());

describe('GET /api/courses/:course/lessons/:lesson', () => {
  test('answers the rendered lesson between its neighbours, without answers', async () => {
    const slugs = ['first', 'second', 'third'].map(newSlug);
    const { course } = await author(world, service, { lessons: slugs.map((slug) => ({ slug })) });
    const response = await service.get(`/api/courses/${course.slug}/lessons/${slugs[1] ?? ''}`);
    assert.equal(response.statusCode, 200);
    const lesson = response.json<LessonDetail>();
    assert.match(lesson.html, /class="katex"/u);
    assert.match(lesson.html, /<math /u);
    assert.deepEqual([lesson.previous?.slug, lesson.next?.slug], [slugs[0], slugs[2]]);
    assert.deepEqual(Object.keys(lesson.exercises[0] ?? {}), ['number', 'questionHtml', 'hintHtml']);
    assert.ok(!response.body.includes('solution'));
    assert.ok(!response.body.includes('answer'));
  });

  test('keeps no neighbour that was hidden while the lesson was being loaded', async (t) => {
    const { course, headers, lessons } = await author(world, service, { lessons: [{}, {}] });
    const [url, hidden] = lessons.map(({ slug }) => `/api/courses/${course.id}/lessons/${slug}`);
    assert.ok(url !== undefined && hidden !== undefined);
    const { cache } = service.platform;
    const getOrSet = cache.getOrSet.bind(cache);
    const key = `lesson:${lessons[0]?.id ?? ''}`;
    // Between the look into the directory and the load of the lesson, which are a moment apart.
    t.mock.method(cache, 'getOrSet', async (...args: Parameters<typeof getOrSet>) => {
      if (args[0] === key) {
        t.mock.restoreAll();
        const body = { version: 1, published: false };
        assert.equal((await service.request('PATCH', hidden, { headers, body })).statusCode, 200);
      }
      return getOrSet(...args);
    });
    for (const time of ['at once', 'from the cache']) {
      assert.equal((await service.get(url)).json<LessonDetail>().next, null, time);
    }
  });

  test('answers 304 to who has it', async () => {
    const { course, lessons } = await author(world, service);
    const url = `/api/courses/${course.slug}/lessons/${lessons[0]?.slug ?? ''}`;
    const first = await service.get(url);
    assert.equal(first.headers['cache-tag'], `lesson:${lessons[0]?.id ?? ''},course:${course.id}`);
    const again = await service.get(url, { 'if-none-match': String(first.headers.etag) });
    assert.equal(again.statusCode, 304);
  });

  test('does not know drafts, lessons of drafts and other names', async () => {
    const { course, lessons } = await author(world, service, { lessons: [{ published: false }] });
    const draft = await author(world, service, { isPublished: false });
    for (const [courseName, lessonName] of [
      [course.slug, lessons[0]?.slug],
      [course.slug, 'no-such-lesson'],
      [course.slug, 'No Such Lesson'],
      [draft.course.slug, draft.lessons[0]?.slug],
      ['no-such-course', 'first'],
    ]) {
      const response = await service.get(
        `/api/courses/${courseName ?? ''}/lessons/${encodeURIComponent(lessonName ?? '')}`,
      );
      assert.equal(response.statusCode, 404, lessonName);
    }
  });
});

describe('GET /api/courses/:course/lessons/:lesson/solutions', () => {
  test('answers them to who is signed in, and to no cache', async () => {
    const { course, lessons } = await author(world, service);
    const url = `/api/courses/${course.slug}/lessons/${lessons[0]?.slug ?? ''}/solutions`;
    assert.equal((await service.get(url)).statusCode, 401);
    const response = await service.get(url, await world.signIn('student'));
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['cache-control'], 'private, no-store');
    const { solutions } = response.json<Solutions>();
    assert.deepEqual(
      solutions.map(({ number, answer }) => [number, answer]),
      [[1, '\\frac{\\sqrt 2}{2}']],
    );
    assert.match(solutions[0]?.solutionHtml ?? '', /class="katex"/u);
  });

  test('does not know other lessons', async () => {
    const { course } = await author(world, service);
    const url = `/api/courses/${course.slug}/lessons/no-such-lesson/solutions`;
    assert.equal((await service.get(url, await world.signIn('student'))).statusCode, 404);
  });
});
