import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { openEcho } from './fixtures/open-echo.ts';

interface ProblemAnswer {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string }[];
}

describe('every service', () => {
  test('answers wrong input with a 400 problem that names each field', async (t) => {
    const { app } = await openEcho(t);
    const answer = await app.inject({ method: 'POST', url: '/echo', payload: { name: 'a', extra: 1 } });
    assert.equal(answer.statusCode, 400);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/u);
    const problem = answer.json<ProblemAnswer>();
    assert.equal(problem.code, 'input.invalid');
    assert.deepEqual(problem.errors?.map(({ field }) => field).sort(), [
      '/body/age',
      '/body/extra',
      '/body/name',
    ]);
  });

  test('answers malformed, oversized and unsupported bodies with 4xx problems', async (t) => {
    const { app } = await openEcho(t, { BODY_LIMIT_BYTES: '1024' });
    const post = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } });
    assert.equal((await post('{"name":')).statusCode, 400);
    assert.equal((await post('x'.repeat(2_000))).statusCode, 413);
    assert.equal((await post('a=b', 'text/csv')).statusCode, 415);
    for (const answer of [await post('{'), await post('x'.repeat(2_000)), await post('a', 'text/csv')]) {
      assert.match(answer.json<ProblemAnswer>().code, /^request\.|^input\./u);
    }
  });

  test('tells nothing of the inside of a 500, and names the request', async (t) => {
    const { app } = await openEcho(t);
    const answer = await app.inject({ url: '/fail', headers: { 'x-request-id': 'abcdef-123456' } });
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes('hunter2'));
    assert.equal(answer.json<ProblemAnswer>().requestId, 'abcdef-123456');
    assert.equal(answer.headers['x-request-id'], 'abcdef-123456');
    const forged = await app.inject({ url: '/fail', headers: { 'x-request-id': 'a\u0007b c' } });
    assert.match(forged.json<ProblemAnswer>().requestId, /^[\da-f-]{36}$/u);
  });

  test('answers an unknown path with a 404 problem', async (t) => {
    const { app } = await openEcho(t);
    const answer = await app.inject('/nowhere');
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json<ProblemAnswer>().code, 'path.unknown');
  });

  test('sends the security headers once, with good answers and bad', async (t) => {
    const { app } = await openEcho(t);
    for (const url of ['/pid', '/fail', '/nowhere']) {
      const { headers } = await app.inject(url);
      assert.equal(headers['x-content-type-options'], 'nosniff', url);
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'", url);
    }
  });

  test('limits a route by its own rule: RateLimit headers, then a 429 problem with Retry-After', async (t) => {
    const { app } = await openEcho(t);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await app.inject('/limited')).statusCode);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    const refused = await app.inject('/limited');
    assert.equal(refused.json<ProblemAnswer>().code, 'request.rate_limited');
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal(refused.headers['ratelimit-remaining'], '0');
    assert.equal((await app.inject('/pid')).statusCode, 200);
    const neighbour = await app.inject({ url: '/limited', remoteAddress: '127.0.0.9' });
    assert.equal(neighbour.statusCode, 200);
  });

  test('believes X-Forwarded-For from a trusted proxy only', async (t) => {
    const trusting = await openEcho(t, { TRUST_PROXY: '127.0.0.1' });
    const limitedFrom = async (app: typeof trusting.app, address: string) =>
      (await app.inject({ url: '/limited', headers: { 'x-forwarded-for': address } })).headers[
        'ratelimit-remaining'
      ];
    assert.equal(await limitedFrom(trusting.app, '10.1.1.1'), '2');
    assert.equal(await limitedFrom(trusting.app, '10.1.1.2'), '2');
    const plain = await openEcho(t);
    assert.equal(await limitedFrom(plain.app, '10.1.1.1'), '2');
    assert.equal(await limitedFrom(plain.app, '10.1.1.2'), '1');
  });

  test('has an OpenAPI description and a page to browse it', async (t) => {
    const { app } = await openEcho(t);
    const description = (await app.inject('/docs/json')).json<{
      openapi: string;
      paths: Record<string, unknown>;
    }>();
    assert.equal(description.openapi, '3.1.0');
    assert.ok('/echo' in description.paths);
    const page = await app.inject('/docs/');
    assert.equal(page.statusCode, 200);
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'/u);
  });

  test('measures by route pattern; random paths and methods add no series', async (t) => {
    const service = await openEcho(t);
    await service.app.inject('/slow/1');
    await service.app.inject('/nowhere');
    const seriesOf = async () =>
      (await service.metrics()).body.split('\n').filter((line) => !line.startsWith('#')).length;
    const before = await seriesOf();
    for (let i = 0; i < 200; i += 1) await service.app.inject(`/nowhere/${i}`);
    for (let i = 2; i < 9; i += 1) await service.app.inject(`/slow/${i}`);
    assert.equal(await seriesOf(), before);
    const { body } = await service.metrics();
    assert.match(
      body,
      /http_request_duration_seconds_count\{[^}]*route="\/slow\/:ms"[^}]*status_code="200"[^}]*\} 8/u,
    );
    assert.match(body, /http_request_duration_seconds_bucket\{[^}]*le="0.2"/u);
  });

  test('counts open connections while they are open', async (t) => {
    const service = await openEcho(t);
    const address = await service.listen();
    const agent = new Agent({ keepAlive: true });
    const [answer] = (await once(get(`${address}/pid`, { agent }), 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    assert.match((await service.metrics()).body, /active_connections\{[^}]*\} 1/u);
    agent.destroy();
  });

  test('drains: what is in flight is answered with Connection: close, and only then it closes', async (t) => {
    const service = await openEcho(t);
    const address = await service.listen();
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const slow = once(get(`${address}/slow/300`, { agent }), 'response') as Promise<[IncomingMessage]>;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = service.close();
    assert.equal(service.isReady(), false);
    const [answer] = await slow;
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers.connection, 'close');
    answer.resume();
    const startedAt = performance.now();
    await closed;
    assert.ok(performance.now() - startedAt < 2_000);
  });
});
