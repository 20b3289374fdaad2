import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { author } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import { recordLessonChanges } from './feed.repository.ts';
import type { FeedPage } from './feed.schemas.ts';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
});
after(() => world.stop());

async function read(after?: string, limit = 100): Promise<FeedPage> {
  const response = await service.get(
    `/api/lessons/feed?limit=${limit}${after === undefined ? '' : `&after=${after}`}`,
  );
  assert.equal(response.statusCode, 200, response.body);
  return response.json();
}

describe('GET /api/lessons/feed', () => {
  test('tells lessons as passages, then their changes, then that they are gone', async () => {
    const start = (await read()).next;
    const markdown = 'Intro with $x^2$.\n\n## Worked examples\n\n### Example 1\n\nLook.';
    const { course, headers, lessons } = await author(world, service, { lessons: [{ markdown }] });
    const [lesson] = lessons;
    assert.ok(lesson !== undefined);
    const published = await read(start);
    assert.deepEqual(published.items, [
      {
        lessonId: lesson.id,
        removed: false,
        version: 1,
        courseSlug: course.slug,
        lessonSlug: lesson.slug,
        title: lesson.title,
        topics: lesson.topics,
        passages: [
          { heading: lesson.title.en, text: 'Intro with $x^2$.' },
          { heading: 'Example 1', text: 'Look.' },
        ],
      },
    ]);
    assert.equal(published.hasMore, false);
    assert.deepEqual((await read(published.next)).items, []);

    const url = `/api/courses/${course.id}/lessons/${lesson.slug}`;
    await service.request('PATCH', url, { headers, body: { version: 1, markdown: 'Other.' } });
    const changed = await read(published.next);
    assert.deepEqual(
      changed.items.map((item) => item.removed || item.version),
      [2],
    );

    await service.request('POST', `/api/courses/${course.id}/unpublish`, { headers });
    const gone = await read(changed.next);
    assert.deepEqual(gone.items, [{ lessonId: lesson.id, removed: true }]);
    assert.deepEqual((await read(start)).items, gone.items);
  });

  test('pages without duplicates or holes', async () => {
    const start = (await read()).next;
    const { lessons } = await author(world, service, { lessons: Array.from({ length: 7 }, () => ({})) });
    const seen: string[] = [];
    let page = await read(start, 2);
    for (;;) {
      seen.push(...page.items.map(({ lessonId }) => lessonId));
      if (!page.hasMore) break;
      page = await read(page.next, 2);
    }
    assert.deepEqual(
      seen,
      lessons.map(({ id }) => id),
    );
  });

  test('no reader passes by a change that commits late', async () => {
    const { lessons } = await author(world, service, { lessons: [{}, {}] });
    const [early, late] = lessons.map(({ id }) => id);
    assert.ok(early !== undefined && late !== undefined);
    const start = (await read()).next;
    const release = Promise.withResolvers<undefined>();
    const holding = Promise.withResolvers<undefined>();
    const slow = world.db.transaction().execute(async (transaction) => {
      await recordLessonChanges(transaction, [early]);
      holding.resolve(undefined);
      await release.promise;
    });
    await holding.promise;
    const fast = world.db.transaction().execute((transaction) => recordLessonChanges(transaction, [late]));
    const meanwhile = await read(start);
    release.resolve(undefined);
    await Promise.all([slow, fast]);
    const rest = await read(meanwhile.next);
    assert.deepEqual(
      [...meanwhile.items, ...rest.items].map(({ lessonId }) => lessonId),
      [early, late],
    );
  });

  test('refuses a cursor that it did not give', async () => {
    for (const after of ['x', 'WyJ4Il0', 'WyItMSJd', 'WzFd']) {
      assert.equal((await service.get(`/api/lessons/feed?after=${after}`)).statusCode, 400, after);
    }
  });

  test('bounds how often one address may ask', async () => {
    const ask = () => service.get('/api/lessons/feed?limit=1');
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    // Few at a time: this is about who asks often, not about too much going on at once.
    for (let i = 0; i < 13; i += 1) answers.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    assert.ok(refused.length >= 10);
    assert.ok(Number(refused[0]?.headers['retry-after']) > 0);
  });
});
