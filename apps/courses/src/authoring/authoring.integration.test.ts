import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LessonDetail } from '../lessons/lesson.schemas.ts';
import { author, courseInput, lessonInput, newSlug } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import type { CourseOutline, CourseSource, LessonSource } from './authoring.schemas.ts';

interface ProblemAnswer {
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
});
after(() => world.stop());

describe('who may write', () => {
  test('nobody without a token, and no student', async () => {
    const student = { headers: await world.signIn('student') };
    const paths = [
      ['POST', '/api/courses'],
      ['GET', '/api/courses/x/source'],
      ['PATCH', '/api/courses/x'],
      ['POST', '/api/courses/x/publish'],
      ['POST', '/api/courses/x/unpublish'],
      ['POST', '/api/courses/x/chapters'],
      ['POST', '/api/courses/x/chapters/y/lessons'],
      ['GET', '/api/courses/x/lessons/y/source'],
      ['PATCH', '/api/courses/x/lessons/y'],
    ] as const;
    for (const [method, path] of paths) {
      assert.equal((await service.request(method, path)).statusCode, 401, path);
      assert.equal((await service.request(method, path, student)).statusCode, 403, path);
    }
  });

  test("another teacher's draft is unknown, their published course forbidden; an admin may do both", async () => {
    const draft = await author(world, service, { isPublished: false });
    const published = await author(world, service);
    const stranger = await world.signIn('teacher');
    const admin = await world.signIn('admin');
    const status = async (course: string, headers: { authorization: string }) =>
      (await service.request('PATCH', `/api/courses/${course}`, { headers, body: { class: 8 } })).statusCode;
    assert.equal(await status(draft.course.id, stranger), 404);
    assert.equal(await status(published.course.id, stranger), 403);
    assert.equal(await status('no-such-course', stranger), 404);
    assert.equal(await status(draft.course.id, admin), 200);
    assert.equal(await status(published.course.slug, admin), 200);
  });
});

describe('POST /api/courses', () => {
  test('makes a draft of the teacher’s own', async () => {
    const headers = await world.signIn('teacher');
    const body = courseInput();
    const response = await service.request('POST', '/api/courses', { headers, body });
    assert.equal(response.statusCode, 201, response.body);
    assert.equal(response.headers.location, `/api/courses/${body.slug}`);
    assert.equal(response.json<CourseSource>().published, false);
    const again = await service.request('POST', '/api/courses', { headers, body });
    assert.equal(again.statusCode, 409);
    assert.equal(again.json<ProblemAnswer>().code, 'slug.taken');
  });

  test('names the fields that are wrong', async () => {
    const headers = await world.signIn('teacher');
    for (const [wrong, field] of [
      [{ slug: 'No Slug' }, '/body/slug'],
      [{ slug: crypto.randomUUID() }, '/body/slug'],
      [{ slug: 'docs' }, '/body/slug'],
      [{ class: 13 }, '/body/class'],
      [{ title: { en: 'x' } }, '/body/title/hi'],
      [{ colour: 'red' }, '/body/colour'],
    ] as const) {
      const body = { ...courseInput(), ...wrong };
      const response = await service.request('POST', '/api/courses', { headers, body });
      assert.equal(response.statusCode, 400);
      assert.ok(
        response.json<ProblemAnswer>().errors?.some((error) => error.field === field),
        response.body,
      );
    }
  });
});

describe('chapters and lessons', () => {
  test('are added in order and shown to their author', async () => {
    const { course, headers, lessons } = await author(world, service, {
      lessons: [{}, {}],
      isPublished: false,
    });
    const outline = await service.get(`/api/courses/${course.slug}/source`, headers);
    assert.deepEqual(
      outline
        .json<CourseOutline>()
        .chapters.map((chapter) => [chapter.slug, chapter.lessons.map(({ id }) => id)]),
      [['basics', lessons.map(({ id }) => id)]],
    );
    const chapter = { slug: 'basics', title: { en: 'Again', hi: 'फिर' } };
    const taken = await service.request('POST', `/api/courses/${course.id}/chapters`, {
      headers,
      body: chapter,
    });
    assert.equal(taken.statusCode, 409);
    const path = `/api/courses/${course.id}/chapters`;
    const body = lessonInput({ slug: lessons[0]?.slug ?? '' });
    assert.equal(
      (await service.request('POST', `${path}/basics/lessons`, { headers, body })).statusCode,
      409,
    );
    const nowhere = await service.request('POST', `${path}/no-such-chapter/lessons`, { headers, body });
    assert.equal(nowhere.statusCode, 404);
    assert.equal(nowhere.json<ProblemAnswer>().code, 'chapter.unknown');
  });

  test('a text that cannot be rendered is refused with the place of each fault', async () => {
    const { course, headers } = await author(world, service);
    const body = lessonInput({
      markdown:
        'Fine.\n\nA [link](javascript:alert(1)).\n\nA formula $\\frac{1$ and $\\href{javascript:x}{y}$.',
      exercises: [{ question: 'What is $x', answer: '$1$', solution: '$\\foo$' }],
    });
    const path = `/api/courses/${course.id}/chapters/basics/lessons`;
    const response = await service.request('POST', path, { headers, body });
    assert.equal(response.statusCode, 400);
    const { code, errors = [] } = response.json<ProblemAnswer>();
    assert.equal(code, 'source.invalid');
    assert.deepEqual(
      errors.map(({ field, message }) => `${field} ${message.split(':')[0] ?? ''}`),
      [
        '/body/markdown line 3',
        '/body/markdown line 5',
        '/body/markdown line 5',
        '/body/exercises/0/answer line 1',
        '/body/exercises/0/question line 1',
        '/body/exercises/0/solution line 1',
      ],
    );
  });

  test('what a teacher writes cannot become active content', async () => {
    const { course, headers } = await author(world, service);
    const slug = newSlug('hostile');
    const markdown =
      '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n`<b>`\n\n[ok](https://example.in "<i>")';
    const path = `/api/courses/${course.id}/chapters/basics/lessons`;
    const created = await service.request('POST', path, { headers, body: lessonInput({ slug, markdown }) });
    assert.equal(created.statusCode, 201, created.body);
    const { html } = (await service.get(`/api/courses/${course.id}/lessons/${slug}`)).json<LessonDetail>();
    assert.doesNotMatch(html, /<(?:script|img|b|i)\b/u);
    assert.match(
      html,
      /<a href="https:\/\/example\.in" title="&lt;i&gt;" rel="nofollow noopener noreferrer">/u,
    );
  });
});

describe('texts that cannot be stored', () => {
  for (const [name, text] of [
    ['U+0000', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ] as const) {
    test(`are refused by field: ${name}`, async () => {
      const { course, headers, lessons } = await author(world, service);
      const path = `/api/courses/${course.id}`;
      const title = { en: text, hi: 'क' };
      const exercises = [{ question: text, answer: text, hint: text, solution: text }];
      const exerciseFields = ['question', 'answer', 'hint', 'solution'].map(
        (field) => `/body/exercises/0/${field}`,
      );
      for (const [method, url, body, fields] of [
        ['POST', '/api/courses', courseInput({ title }), ['/body/title/en']],
        ['PATCH', path, { markdown: text }, ['/body/markdown']],
        ['POST', `${path}/chapters`, { slug: newSlug('chapter'), title }, ['/body/title/en']],
        ['POST', `${path}/chapters/basics/lessons`, lessonInput({ markdown: text }), ['/body/markdown']],
        ['PATCH', `${path}/lessons/${lessons[0]?.slug ?? ''}`, { version: 1, exercises }, exerciseFields],
      ] as const) {
        const response = await service.request(method, url, { headers, body });
        assert.equal(response.statusCode, 400, `${method} ${url}: ${response.body}`);
        assert.deepEqual(
          response.json<ProblemAnswer>().errors?.map(({ field }) => field),
          fields,
        );
      }
    });
  }

  test('are not made of long headings', async () => {
    const { course, headers } = await author(world, service);
    const body = lessonInput({ markdown: `# ${'x'.repeat(299)}😀\n\nText.` });
    const path = `/api/courses/${course.id}/chapters/basics/lessons`;
    const response = await service.request('POST', path, { headers, body });
    assert.equal(response.statusCode, 201, response.body);
  });
});

describe('PATCH /api/courses/:course/lessons/:lesson', () => {
  test('changes what is sent, keeps the rest, and counts the version up', async () => {
    const { course, headers, lessons } = await author(world, service);
    const [lesson] = lessons;
    assert.ok(lesson !== undefined);
    const url = `/api/courses/${course.id}/lessons/${lesson.slug}`;
    const body = { version: 1, markdown: 'New text with $y^2$.' };
    const response = await service.request('PATCH', url, { headers, body });
    assert.equal(response.statusCode, 200, response.body);
    const changed = response.json<LessonSource>();
    assert.deepEqual({ ...lesson, ...body, version: 2 }, changed);
    assert.deepEqual((await service.get(`${url}/source`, headers)).json(), changed);
  });

  test('refuses a change made from an older version, and lets one of two at once win', async () => {
    const { course, headers, lessons } = await author(world, service);
    const url = `/api/courses/${course.id}/lessons/${lessons[0]?.slug ?? ''}`;
    const answers = await Promise.all(
      ['one', 'two'].map((markdown) =>
        service.request('PATCH', url, { headers, body: { version: 1, markdown } }),
      ),
    );
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).toSorted(), [200, 409]);
    const late = await service.request('PATCH', url, { headers, body: { version: 1, markdown: 'three' } });
    assert.equal(late.json<ProblemAnswer>().code, 'lesson.version_conflict');
  });

  test('refuses bad input and does not know other lessons', async () => {
    const { course, headers, lessons } = await author(world, service);
    const url = `/api/courses/${course.id}/lessons/${lessons[0]?.slug ?? ''}`;
    for (const body of [{}, { version: 1 }, { markdown: 'x' }, { version: 1, minutes: 0 }]) {
      assert.equal((await service.request('PATCH', url, { headers, body })).statusCode, 400);
    }
    const unknown = `/api/courses/${course.id}/lessons/no-such-lesson`;
    const answer = await service.request('PATCH', unknown, { headers, body: { version: 1, minutes: 5 } });
    assert.equal(answer.statusCode, 404);
  });
});

describe('publishing', () => {
  test('shows and hides a course, again and again', async () => {
    const { course, headers } = await author(world, service, { isPublished: false });
    const status = async () => (await service.get(`/api/courses/${course.slug}`)).statusCode;
    const send = (verb: string) =>
      service.request('POST', `/api/courses/${course.slug}/${verb}`, { headers });
    assert.equal(await status(), 404);
    for (const [verb, expected] of [
      ['publish', 200],
      ['publish', 200],
      ['unpublish', 404],
      ['unpublish', 404],
      ['publish', 200],
    ] as const) {
      assert.equal((await send(verb)).statusCode, 200);
      assert.equal(await status(), expected, verb);
    }
  });
});
