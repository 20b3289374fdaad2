import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import type { LightMyRequestResponse } from 'fastify';
import type { CourseDetail } from './catalogue/catalogue.schemas.ts';
import { courseTag } from './tags.ts';
import { author, newSlug, type Authored } from './testing/builders.ts';
import { startWorld, type TestCourses, type TestWorld } from './testing/test-courses.ts';

const LIFETIMES = { COURSES_FRESH_MS: '1000', COURSES_STALE_MS: '600000' };
/** Behind the public answers of a course: two lists of names, a page, the course, a lesson. */
const ENTRIES = 5;
/** Far less than any database call is given, with room for a busy machine. */
const IN_TIME_MS = 500;
/** A replica may come back at this moment and show the change a little later. */
const AT_ONCE_MS = 1_000;

let world: TestWorld;
let service: TestCourses;

before(async () => {
  world = await startWorld({ replicas: 1 });
  service = await open();
});
after(() => world.stop());

/** One process that hears of invalidations and sees all databases. */
async function open(): Promise<TestCourses> {
  const opened = await world.open(LIFETIMES);
  let isListening = false;
  opened.platform.cache.events.on('listening', (event) => {
    isListening = event.isListening;
  });
  await waitFor(() => isListening, { what: 'hearing of invalidations' });
  return opened;
}

async function allUp(): Promise<void> {
  const hosts = () => service.platform.database().hosts();
  await waitFor(() => hosts().every(({ state }) => state === 'up'), {
    timeoutMs: 60_000,
    what: 'all databases in sight',
  });
}

const OUTAGES = {
  killed: {
    begin: async () => {
      await Promise.all(hosts().map((host) => host.kill()));
    },
    end: async () => {
      for (const host of hosts()) await host.start();
    },
  },
  frozen: {
    begin: async () => hosts().forEach((host) => host.freeze()),
    end: async () => hosts().forEach((host) => host.thaw()),
  },
} as const;

function hosts() {
  return [world.cluster.primary, ...world.cluster.replicas];
}

/** What students read of a course, by path, and the keys of it all. */
function readingOf({ course, lessons }: Authored) {
  const lesson = lessons[0];
  assert.ok(lesson !== undefined);
  const lessonPath = `/api/courses/${course.slug}/lessons/${lesson.slug}`;
  const topic = course.topics[0] ?? '';
  return {
    publicPaths: [`/api/courses?topic=${topic}`, `/api/courses/${course.slug}`, lessonPath],
    signedInPath: `${lessonPath}/solutions`,
    keys: [
      'directory',
      `directory:${course.id}`,
      `courses:${JSON.stringify([null, null, null, topic, null])}`,
      `course:${course.id}`,
      `lesson:${lesson.id}`,
      `solutions:${lesson.id}`,
    ],
  };
}

async function expired(keys: readonly string[]): Promise<void> {
  const { cache } = service.platform;
  await waitFor(() => keys.every((key) => cache.peek(key) === undefined), { what: 'the end of all times' });
}

async function inTime(
  what: string,
  ask: () => Promise<LightMyRequestResponse>,
): Promise<LightMyRequestResponse> {
  const startedAt = performance.now();
  const response = await ask();
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs < IN_TIME_MS, `${what} took ${tookMs} ms`);
  return response;
}

describe('when the time of a popular course is up', () => {
  test('nobody waits while it is loaded anew', async () => {
    await allUp();
    const authored = await author(world, service);
    const { publicPaths, keys } = readingOf(authored);
    const stats = () => service.platform.cache.stats();
    const readAll = () => Promise.all(publicPaths.map((path) => service.get(path)));
    await readAll();
    for (let round = 0; round < 3; round += 1) {
      await expired(keys);
      const before = stats();
      for (const { statusCode } of await readAll()) assert.equal(statusCode, 200);
      // Whose copy in Redis is still fresh is taken from there.
      const renewed = () => stats().loads + stats().remoteHits;
      const wanted = before.loads + before.remoteHits + ENTRIES;
      // Asked again and again: a load of the last round may still have been under way.
      await waitFor(
        async () => {
          for (const { statusCode } of await readAll()) assert.equal(statusCode, 200);
          return renewed() >= wanted;
        },
        { what: 'all anew' },
      );
      const { misses, staleHits } = stats();
      assert.equal(misses, before.misses);
      assert.ok(staleHits >= before.staleHits + ENTRIES);
    }
  });
});

for (const [name, outage] of Object.entries(OUTAGES)) {
  test(`with every database ${name}, students go on with what was last known`, async (t) => {
    await allUp();
    const authored = await author(world, service, { course: { topics: [newSlug('topic')] } });
    const changed = await author(world, service);
    const student = await world.signIn('student');
    const { publicPaths, signedInPath, keys } = readingOf(authored);
    const known = new Map<string, LightMyRequestResponse>();
    for (const path of publicPaths) known.set(path, await service.get(path));
    known.set(signedInPath, await service.get(signedInPath, student));
    assert.equal((await service.get(`/api/courses/${changed.course.slug}`)).statusCode, 200);
    for (const [path, { statusCode, body }] of known) assert.equal(statusCode, 200, `${path}: ${body}`);
    for (const key of keys) assert.notEqual(service.platform.cache.peek(key), undefined, key);

    await outage.begin();
    let isOver = false;
    t.after(async () => {
      if (!isOver) await outage.end();
    });
    await expired(keys);
    const before = service.platform.cache.stats();

    const readAll = async (reader: TestCourses) => {
      for (const [path, expected] of known) {
        const answer = await inTime(path, () => reader.get(path, path === signedInPath ? student : {}));
        assert.equal(answer.statusCode, 200, `${path}: ${answer.body}`);
        assert.equal(answer.body, expected.body, path);
        for (const header of ['etag', 'cache-control', 'cache-tag']) {
          assert.equal(answer.headers[header], expected.headers[header], `${path}: ${header}`);
        }
      }
    };
    await readAll(service);
    for (const path of publicPaths) {
      const etag = String(known.get(path)?.headers['etag']);
      const answer = await inTime(path, () => service.get(path, { 'if-none-match': etag }));
      assert.equal(answer.statusCode, 304);
    }
    const unknown = await inTime('an unknown course', () => service.get(`/api/courses/${newSlug('none')}`));
    assert.equal(unknown.statusCode, 404);
    assert.equal(unknown.headers['cache-control'], 'no-store');

    // Long enough for loads to fail.
    const stats = () => service.platform.cache.stats();
    await waitFor(
      async () => {
        await readAll(service);
        return stats().staleOnError >= before.staleOnError + keys.length;
      },
      { timeoutMs: 60_000, intervalMs: 100, what: 'failed loads' },
    );
    assert.ok(stats().staleHits >= before.staleHits + keys.length);
    assert.equal(stats().misses, before.misses);

    // A process that starts now has nothing in memory, and finds what is past its time in Redis.
    const young = await open();
    await readAll(young);
    assert.ok(young.platform.cache.stats().staleHits > 0);
    await young.close();

    // What a change has invalidated is not served, whatever the database says.
    await service.platform.cache.invalidateTags([courseTag(changed.course.id)]);
    const refused = await service.get(`/api/courses/${changed.course.slug}`);
    assert.equal(refused.statusCode, 503, refused.body);
    assert.ok(Number(refused.headers['retry-after']) > 0);

    await outage.end();
    isOver = true;
    const title = { en: `After it was ${name}`, hi: 'बाद में' };
    const { headers } = authored;
    const path = `/api/courses/${authored.course.slug}`;
    await waitFor(
      async () => (await service.request('PATCH', path, { headers, body: { title } })).statusCode === 200,
      { timeoutMs: 60_000, what: 'a change by the author' },
    );
    const shows = async () => (await service.get(path)).json<CourseDetail>().title.en === title.en;
    await waitFor(shows, { timeoutMs: AT_ONCE_MS, what: 'the change' });
  });
}
