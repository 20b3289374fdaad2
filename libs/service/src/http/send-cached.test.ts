import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createCache } from '@ganitagya/cache';
import fastify from 'fastify';
import { handleProblems } from '../errors/problem-handler.ts';
import { problem } from '../errors/problem.ts';
import { httpCaching } from './http-caching.ts';
import type { Quota } from '../limits/rate-limits.ts';
import { matchesEtag, sendCached } from './send-cached.ts';

async function build(t: TestContext) {
  const cache = createCache({ namespace: 'test', redis: undefined });
  const app = fastify();
  t.after(async () => {
    await app.close();
    await cache.close();
  });
  handleProblems(app);
  await app.register(httpCaching);
  const world = { title: 'Algebra', loads: 0, cache, quota: {} as Quota | undefined };
  app.addHook('onSend', async (request) => void (world.quota = request.quota));
  app.get('/course/:id', (request, reply) => {
    request.quota = { limit: 42, remaining: 41, resetS: 60 };
    return sendCached(request, reply, {
      cache,
      key: `course:${(request.params as { id: string }).id}`,
      load: async () => {
        world.loads += 1;
        return (request.params as { id: string }).id === '1' ? { title: world.title } : undefined;
      },
      tags: () => ['course:1'],
      absent: () => problem.notFound('course.unknown', 'No such course.'),
    });
  });
  app.get('/mine', async () => ({ secret: true }));
  return { app, world };
}

describe('sendCached', () => {
  test('loads once and sends the same bytes with ETag, Cache-Control and Cache-Tag', async (t) => {
    const { app, world } = await build(t);
    const [first, second] = [await app.inject('/course/1'), await app.inject('/course/1')];
    assert.deepEqual(first.json(), { title: 'Algebra' });
    assert.equal(second.body, first.body);
    assert.equal(world.loads, 1);
    assert.match(String(first.headers['etag']), /^"[\w-]{22}"$/u);
    assert.equal(
      first.headers['cache-control'],
      'public, max-age=60, s-maxage=300, stale-while-revalidate=300',
    );
    assert.equal(first.headers['cache-tag'], 'course:1');
    assert.equal(world.quota, undefined);
    assert.equal(first.headers['content-type'], 'application/json; charset=utf-8');
  });

  test('answers 304 for the current entity, weak or in a list, and never for one that has changed', async (t) => {
    const { app, world } = await build(t);
    const etag = String((await app.inject('/course/1')).headers['etag']);
    const ask = (value: string) => app.inject({ url: '/course/1', headers: { 'if-none-match': value } });
    assert.equal((await ask(etag)).statusCode, 304);
    assert.equal((await ask(etag)).body, '');
    assert.equal((await ask(`"other", W/${etag}`)).statusCode, 304);

    world.title = 'Geometry';
    await world.cache.invalidateTags(['course:1']);
    const changed = await ask(etag);
    assert.equal(changed.statusCode, 200);
    assert.deepEqual(changed.json(), { title: 'Geometry' });
  });

  test('remembers what does not exist, and never lets it be cached outside', async (t) => {
    const { app, world } = await build(t);
    const answers = [await app.inject('/course/2'), await app.inject('/course/2')];
    assert.equal(world.loads, 1);
    for (const answer of answers) {
      assert.equal(answer.statusCode, 404);
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['etag'], undefined);
    }
  });

  test('an ETag of one answer says nothing about another path', async (t) => {
    const { app } = await build(t);
    const etag = String((await app.inject('/course/1')).headers['etag']);
    const mine = await app.inject({ url: '/mine', headers: { 'if-none-match': etag } });
    assert.equal(mine.statusCode, 200);
    assert.equal(mine.headers['cache-control'], 'private, no-store');
  });
});

test('matchesEtag follows RFC 9110 §13.1.2', () => {
  assert.equal(matchesEtag(undefined, '"a"'), false);
  assert.equal(matchesEtag('*', '"a"'), true);
  assert.equal(matchesEtag('"b", "a"', '"a"'), true);
  assert.equal(matchesEtag('W/"a"', '"a"'), true);
  assert.equal(matchesEtag('a', '"a"'), false);
});
