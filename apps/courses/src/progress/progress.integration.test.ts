import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { sql } from 'kysely';
import { author } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';
import type { CourseProgress, LessonProgress, Resume } from './progress.schemas.ts';

const REPLAY_DELAY_MS = 300;

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld({ replicas: 1 });
  service = await world.open();
});
after(() => world.stop());

/** Writes progress as whoever `headers` names. */
async function put(
  headers: { readonly authorization: string },
  lessonId: string | undefined,
  body: object,
  instance = service,
) {
  const response = await instance.request('PUT', `/api/progress/${lessonId ?? ''}`, { headers, body });
  assert.equal(response.statusCode, 200, response.body);
  return response.json<LessonProgress>();
}

async function resume(headers: { readonly authorization: string }): Promise<Resume | null> {
  return (await service.get('/api/progress/resume', headers)).json<{ resume: Resume | null }>().resume;
}

describe('PUT /api/progress/:lessonId', () => {
  test('never goes back, and a completed lesson stays completed', async () => {
    const { lessons } = await author(world, service);
    const headers = await world.signIn('student');
    const id = lessons[0]?.id;
    assert.equal((await put(headers, id, { percent: 60, position: 'p6' })).percent, 60);
    const back = await put(headers, id, { percent: 20, position: 'p2' });
    assert.deepEqual([back.percent, back.position, back.completedAt], [60, 'p2', null]);
    const done = await put(headers, id, { percent: 90, completed: true });
    assert.equal(done.percent, 100);
    assert.ok(done.completedAt !== null);
    const after = await put(headers, id, { percent: 10, completed: false });
    assert.deepEqual([after.percent, after.completedAt, after.position], [100, done.completedAt, 'p2']);
  });

  test('takes one hundred percent for completed', async () => {
    const { lessons } = await author(world, service);
    const headers = await world.signIn('student');
    assert.ok((await put(headers, lessons[0]?.id, { percent: 100 })).completedAt !== null);
  });

  test('refuses bad input, strangers and lessons that nobody can read', async () => {
    const { lessons } = await author(world, service);
    const draft = await author(world, service, { isPublished: false });
    const headers = await world.signIn('student');
    const status = async (lesson: string | undefined, body: object, as?: { authorization: string }) =>
      (await service.request('PUT', `/api/progress/${lesson ?? ''}`, { headers: as ?? headers, body }))
        .statusCode;
    const id = lessons[0]?.id;
    for (const body of [{}, { percent: 101 }, { percent: -1 }, { percent: 'x' }, { percent: 1, other: 1 }]) {
      assert.equal(await status(id, body), 400, JSON.stringify(body));
    }
    for (const position of ['x'.repeat(201), 'a\0b']) {
      assert.equal(await status(id, { percent: 1, position }), 400);
    }
    for (const unknown of [crypto.randomUUID(), 'not-an-id', draft.lessons[0]?.id]) {
      assert.equal(await status(unknown, { percent: 1 }), 404, unknown);
    }
    const nobody = await service.request('PUT', `/api/progress/${id ?? ''}`, { body: { percent: 1 } });
    assert.equal(nobody.statusCode, 401);
  });
});

describe('an import that removes the lesson or the course meanwhile', () => {
  for (const [what, table, pathOf, body] of [
    ['progress', 'lesson', (lesson: string) => `/api/progress/${lesson}`, { percent: 1 }],
    ['an enrolment', 'course', (_: string, course: string) => `/api/courses/${course}/enrolment`, undefined],
  ] as const) {
    test(`makes ${what} a 404`, async () => {
      const { course, lessons } = await author(world, service);
      const headers = await world.signIn('student');
      const lessonId = lessons[0]?.id ?? '';
      const url = pathOf(lessonId, course.id);
      const { answer } = await world.db.transaction().execute(async (importing) => {
        await importing
          .deleteFrom(table)
          .where('id', '=', table === 'lesson' ? lessonId : course.id)
          .execute();
        const pending = service.request('PUT', url, { headers, ...(body && { body }) });
        await waitFor(async () => (await lockWaits()) > 0, { what: 'the request to wait for the import' });
        return { answer: pending };
      });
      assert.equal((await answer).statusCode, 404);
    });
  }
});

/** How many statements of the service wait for a lock. */
async function lockWaits(): Promise<number> {
  const { rows } =
    await sql`select from pg_stat_activity where usename = current_user and wait_event_type = 'Lock'`.execute(
      world.db,
    );
  return rows.length;
}

describe('GET /api/progress', () => {
  test('sums up a course', async () => {
    const { course, lessons } = await author(world, service, { lessons: [{}, {}] });
    const headers = await world.signIn('student');
    await put(headers, lessons[0]?.id, { percent: 100 });
    await put(headers, lessons[1]?.id, { percent: 50 });
    const response = await service.get(`/api/progress?course=${course.slug}`, headers);
    assert.equal(response.headers['cache-control'], 'private, no-store');
    const progress = response.json<CourseProgress>();
    assert.deepEqual(
      [progress.lessonCount, progress.completedCount, progress.percent, progress.lessons.length],
      [2, 1, 75, 2],
    );
  });

  test('needs a course that is published, and somebody signed in', async () => {
    const headers = await world.signIn('student');
    assert.equal((await service.get('/api/progress', headers)).statusCode, 400);
    assert.equal((await service.get('/api/progress?course=no-such-course', headers)).statusCode, 404);
    assert.equal((await service.get('/api/progress?course=x')).statusCode, 401);
  });

  test('shows what was just written although the replica replays late, on another process too', async () => {
    const { course, lessons } = await author(world, service);
    const other = await world.open();
    for (const { platform } of [service, other]) {
      // Without Redis only the process that wrote knows of the write.
      await waitFor(() => platform.redis?.status === 'ready', { what: 'a connection to Redis' });
    }
    const [replica] = world.cluster.replicas;
    assert.ok(replica !== undefined);
    await replica.catchUpWith(world.cluster.primary);
    await replica.setReplayDelay(REPLAY_DELAY_MS);
    try {
      const headers = await world.signIn('student');
      for (const percent of [10, 20, 30, 40, 50]) {
        await put(headers, lessons[0]?.id, { percent }, percent % 20 === 0 ? service : other);
        for (const instance of [service, other]) {
          const read = (
            await instance.get(`/api/progress?course=${course.slug}`, headers)
          ).json<CourseProgress>();
          assert.equal(read.lessons[0]?.percent, percent);
        }
      }
    } finally {
      await replica.setReplayDelay(0);
    }
  });
});

describe('GET /api/progress/resume', () => {
  test('leads to the first lesson of an enrolled course, on through it, and nowhere at the end', async () => {
    const { course, lessons } = await author(world, service, { lessons: [{}, {}] });
    const headers = await world.signIn('student');
    assert.equal(await resume(headers), null);
    await service.request('PUT', `/api/courses/${course.slug}/enrolment`, { headers });
    assert.equal((await resume(headers))?.lesson.id, lessons[0]?.id);
    await put(headers, lessons[1]?.id, { percent: 30, position: 'example-2' });
    const unfinished = await resume(headers);
    assert.deepEqual(
      [unfinished?.course.slug, unfinished?.lesson.id, unfinished?.percent, unfinished?.position],
      [course.slug, lessons[1]?.id, 30, 'example-2'],
    );
    await put(headers, lessons[1]?.id, { percent: 100 });
    assert.equal((await resume(headers))?.lesson.id, lessons[0]?.id);
    await put(headers, lessons[0]?.id, { percent: 100 });
    assert.equal(await resume(headers), null);
    const other = await author(world, service);
    await service.request('PUT', `/api/courses/${other.course.slug}/enrolment`, { headers });
    assert.equal((await resume(headers))?.lesson.id, other.lessons[0]?.id);
  });

  test('needs somebody signed in', async () => {
    assert.equal((await service.get('/api/progress/resume')).statusCode, 401);
  });
});
