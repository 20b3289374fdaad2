import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { author, newSlug } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import type { CataloguePage, CourseDetail } from './catalogue.schemas.ts';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
});
after(() => world.stop());

describe('GET /api/courses/:course', () => {
  test('answers a course by id and by slug with its chapters and lessons', async () => {
    const { course, lessons } = await author(world, service);
    const bySlug = await service.get(`/api/courses/${course.slug}`);
    const byId = await service.get(`/api/courses/${course.id}`);
    assert.equal(bySlug.statusCode, 200);
    assert.equal(bySlug.body, byId.body);
    const detail = bySlug.json<CourseDetail>();
    assert.equal(detail.lessonCount, 1);
    assert.deepEqual(
      detail.chapters.map(({ slug, lessons: inside }) => [slug, inside.map(({ id }) => id)]),
      [['basics', lessons.map(({ id }) => id)]],
    );
  });

  test('is cacheable, tagged, and answers 304 to who has it', async () => {
    const { course } = await author(world, service);
    const first = await service.get(`/api/courses/${course.slug}`);
    assert.match(String(first.headers['cache-control']), /^public, max-age=60, s-maxage=300/u);
    assert.equal(first.headers['cache-tag'], `course:${course.id}`);
    const etag = String(first.headers.etag);
    assert.match(etag, /^"[\w-]+"$/u);
    const again = await service.get(`/api/courses/${course.slug}`, { 'if-none-match': etag });
    assert.equal(again.statusCode, 304);
    assert.equal(again.body, '');
  });

  test('does not know drafts, other ids and what cannot be an id', async () => {
    const { course } = await author(world, service, { isPublished: false });
    for (const name of [
      course.id,
      course.slug,
      crypto.randomUUID(),
      'no-such-course',
      'Not%20a%20slug',
      '%00',
      'constructor',
      '1'.repeat(150),
    ]) {
      const response = await service.get(`/api/courses/${name}`);
      assert.equal(response.statusCode, 404, name);
      assert.equal(response.json<{ code: string }>().code, 'course.unknown');
    }
  });
});

describe('GET /api/courses', () => {
  test('filters by class, topic, level and language', async () => {
    const topic = newSlug('topic');
    const { course } = await author(world, service, {
      course: { class: 11, level: 'entrance', language: 'hi', topics: [topic] },
    });
    const slugs = async (query: string) =>
      (await service.get(`/api/courses?topic=${topic}&${query}`))
        .json<CataloguePage>()
        .courses.map(({ slug }) => slug);
    assert.deepEqual(await slugs('class=11&level=entrance&language=hi'), [course.slug]);
    assert.deepEqual(await slugs('class=10'), []);
    assert.deepEqual(await slugs('level=board'), []);
    assert.deepEqual(await slugs('language=en'), []);
    assert.deepEqual((await service.get('/api/courses?topic=no-such-topic')).json(), {
      courses: [],
      next: null,
    });
  });

  test('finds a bilingual course under either language', async () => {
    const topic = newSlug('topic');
    const { course } = await author(world, service, { course: { language: 'bilingual', topics: [topic] } });
    for (const language of ['en', 'hi']) {
      const page = (
        await service.get(`/api/courses?topic=${topic}&language=${language}`)
      ).json<CataloguePage>();
      assert.deepEqual(
        page.courses.map(({ id }) => id),
        [course.id],
      );
    }
  });

  test('refuses what it does not know', async () => {
    for (const query of [
      'class=5',
      'class=x',
      'level=easy',
      'language=fr',
      'limit=51',
      'limit=0',
      'cursor=abc',
      'cursor=WzEsMl0',
      'q=%20',
      'q=a%00b',
      'colour=red',
    ]) {
      const response = await service.get(`/api/courses?${query}`);
      assert.equal(response.statusCode, 400, query);
      assert.match(response.headers['content-type'] ?? '', /^application\/problem\+json/u);
    }
  });

  test('refuses a second spelling of a cursor', async () => {
    const id = crypto.randomUUID();
    const spellings = [`[9,"${id}"]`, `[9, "${id}"]`].map((text) => Buffer.from(text).toString('base64url'));
    const statuses = await Promise.all(
      spellings.map(async (cursor) => (await service.get(`/api/courses?cursor=${cursor}`)).statusCode),
    );
    assert.deepEqual(statuses, [200, 400]);
  });

  test('keeps no pages of filters that anybody could combine with any cursor', async () => {
    const { course } = await author(world, service);
    const cursor = Buffer.from(JSON.stringify([course.class, course.id])).toString('base64url');
    const { entries } = service.platform.cache.stats();
    const combinations = ['en', 'hi', 'bilingual'].flatMap((language) =>
      ['foundation', 'board', 'entrance'].flatMap((level) =>
        [6, 7, 8, 9, 10, 11, 12].map((number) => `language=${language}&level=${level}&class=${number}`),
      ),
    );
    for (const query of combinations) {
      const response = await service.get(`/api/courses?${query}&cursor=${cursor}`);
      assert.equal(response.statusCode, 200);
      // It tells the quota of who asked, which is nobody else's.
      assert.ok(response.headers['ratelimit-remaining'] !== undefined);
      assert.equal(response.headers['cache-control'], 'public, max-age=60, s-maxage=0');
    }
    assert.ok(service.platform.cache.stats().entries <= entries + 5);
  });

  test('pages through without duplicates or holes while courses are published', async () => {
    const topic = newSlug('paged');
    const publish = async () =>
      (await author(world, service, { course: { topics: [topic] }, lessons: [] })).course.id;
    const expected = await Promise.all(Array.from({ length: 7 }, publish));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: CataloguePage = (
        await service.get(`/api/courses?topic=${topic}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).json();
      assert.ok(page.courses.length <= 2);
      seen.push(...page.courses.map(({ id }) => id));
      cursor = page.next;
      if (seen.length < 8) await publish();
    } while (cursor !== null);
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(
      expected.filter((id) => !seen.includes(id)),
      [],
    );
  });
});
