import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { author } from '../testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from '../testing/test-courses.ts';

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld({ replicas: 1 });
  service = await world.open();
});
after(() => world.stop());

/** From here on the replica shows nothing new, until the test ends. */
async function stopReplay(t: TestContext): Promise<void> {
  const [replica] = world.cluster.replicas;
  assert.ok(replica !== undefined);
  await replica.catchUpWith(world.cluster.primary);
  await replica.setReplayDelay(60_000);
  t.after(() => replica.setReplayDelay(0));
}

// The admins have written nothing yet, so their reads need not be newer than anything.
describe('writing goes by what the primary shows, not a late replica', () => {
  test('publish after somebody else has unpublished', async (t) => {
    const { course } = await author(world, service);
    const admin = await world.signIn('admin');
    await stopReplay(t);
    const publishedAt = () =>
      world.db.selectFrom('course').select('published_at').where('id', '=', course.id).executeTakeFirst();
    await world.db.updateTable('course').set({ published_at: null }).where('id', '=', course.id).execute();
    const url = `/api/courses/${course.id}/publish`;
    assert.equal((await service.request('POST', url, { headers: admin })).statusCode, 200);
    assert.ok((await publishedAt())?.published_at);
  });

  test('change the version that somebody else has just made', async (t) => {
    const { course, lessons } = await author(world, service);
    const admin = await world.signIn('admin');
    await stopReplay(t);
    await world.db
      .updateTable('lesson')
      .set({ version: 2, minutes: 7 })
      .where('course_id', '=', course.id)
      .execute();
    const url = `/api/courses/${course.id}/lessons/${lessons[0]?.slug ?? ''}`;
    const body = { version: 2, markdown: 'New.' };
    const response = await service.request('PATCH', url, { headers: admin, body });
    assert.equal(response.statusCode, 200, response.body);
    assert.equal(response.json<{ minutes: number }>().minutes, 7);
  });
});
