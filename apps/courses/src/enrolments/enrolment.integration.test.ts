import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { author } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';

interface Enrolments {
  readonly enrolments: readonly {
    readonly course: { readonly id: string };
    readonly lessonCount: number;
    readonly completedCount: number;
  }[];
}

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld();
  service = await world.open();
});
after(() => world.stop());

describe('PUT and DELETE /api/courses/:course/enrolment', () => {
  test('enrol once however often it is asked for, and leave the same way', async () => {
    const { course } = await author(world, service);
    const headers = await world.signIn('student');
    const url = `/api/courses/${course.slug}/enrolment`;
    const first = await service.request('PUT', url, { headers });
    assert.equal(first.statusCode, 200, first.body);
    assert.equal(first.headers['cache-control'], 'private, no-store');
    const second = await service.request('PUT', `/api/courses/${course.id}/enrolment`, { headers });
    assert.equal(second.body, first.body);
    const { enrolments } = (await service.get('/api/enrolments', headers)).json<Enrolments>();
    assert.deepEqual(
      enrolments.map((enrolment) => [enrolment.course.id, enrolment.lessonCount, enrolment.completedCount]),
      [[course.id, 1, 0]],
    );
    for (let round = 0; round < 2; round += 1) {
      assert.equal((await service.request('DELETE', url, { headers })).statusCode, 204);
    }
    assert.deepEqual((await service.get('/api/enrolments', headers)).json(), { enrolments: [] });
  });

  test('need somebody signed in and a published course', async () => {
    const { course } = await author(world, service, { isPublished: false });
    const headers = await world.signIn('student');
    for (const method of ['PUT', 'DELETE'] as const) {
      const url = `/api/courses/${course.slug}/enrolment`;
      assert.equal((await service.request(method, url)).statusCode, 401);
      assert.equal((await service.request(method, url, { headers })).statusCode, 404);
      const nowhere = '/api/courses/no-such-course/enrolment';
      assert.equal((await service.request(method, nowhere, { headers })).statusCode, 404);
    }
  });
});

describe('GET /api/enrolments', () => {
  test('counts what is done, and is private', async () => {
    const { course, lessons } = await author(world, service, { lessons: [{}, {}] });
    const headers = await world.signIn('student');
    await service.request('PUT', `/api/courses/${course.slug}/enrolment`, { headers });
    await service.request('PUT', `/api/progress/${lessons[0]?.id ?? ''}`, {
      headers,
      body: { percent: 100 },
    });
    const response = await service.get('/api/enrolments', headers);
    assert.equal(response.headers['cache-control'], 'private, no-store');
    const [enrolment] = response.json<Enrolments>().enrolments;
    assert.deepEqual([enrolment?.lessonCount, enrolment?.completedCount], [2, 1]);
    assert.deepEqual((await service.get('/api/enrolments', await world.signIn('student'))).json(), {
      enrolments: [],
    });
    assert.equal((await service.get('/api/enrolments')).statusCode, 401);
  });
});
