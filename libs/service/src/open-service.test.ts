import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { echoService } from './fixtures/echo-service.ts';
import { configOfEcho, openEcho } from './fixtures/open-echo.ts';
import { openService } from './open-service.ts';

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

  test('takes a body at its word: null and text are no numbers', async (t) => {
    const { app } = await openEcho(t);
    for (const age of [null, '40', true]) {
      const answer = await app.inject({ method: 'POST', url: '/echo', payload: { name: 'Asha', age } });
      assert.equal(answer.statusCode, 400, String(age));
    }
    const good = await app.inject({ method: 'POST', url: '/echo', payload: { name: 'Asha', age: 40 } });
    assert.deepEqual(good.json(), { name: 'Asha', age: 40 });
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

  test('takes the word of Fastify only for a 4xx: what others throw with a status is a 500', async (t) => {
    const { app } = await openEcho(t);
    for (const kind of ['status', 'status-and-code', 'good-status']) {
      const answer = await app.inject(`/foreign/${kind}`);
      assert.equal(answer.statusCode, 500, kind);
      assert.equal(answer.json<ProblemAnswer>().code, 'internal', kind);
      assert.ok(!answer.body.includes('hunter2'), kind);
    }
  });

  test('answers paths that no route can take with 4xx problems', async (t) => {
    const { app } = await openEcho(t);
    for (const [url, status, code] of [
      ['/%zz', 400, 'request.bad_url'],
      [`/slow/${'1'.repeat(300)}`, 414, 'request.max_param_length'],
    ] as const) {
      const answer = await app.inject(url);
      assert.equal(answer.statusCode, status);
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/u);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['x-request-id'], answer.json<ProblemAnswer>().requestId);
      assert.equal(answer.json<ProblemAnswer>().code, code);
    }
  });

  test('names a bounded number of wrong fields', async (t) => {
    const { app } = await openEcho(t);
    const payload = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]));
    const answer = await app.inject({ method: 'POST', url: '/echo', payload });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json<ProblemAnswer>().errors?.length, 20);
  });

  test('logs a refusal in one short line with its reason', async (t) => {
    const lines: string[] = [];
    const { app } = await openEcho(t, { LOG_LEVEL: 'warn' }, (line) => void lines.push(line));
    const answer = await app.inject({ url: '/refused', headers: { 'x-request-id': 'abcdef-123456' } });
    assert.equal(answer.statusCode, 503);
    assert.equal(lines.length, 1);
    const entry = JSON.parse(String(lines[0])) as {
      reqId: string;
      code: string;
      reason: string;
      err?: unknown;
    };
    assert.equal(entry.reqId, 'abcdef-123456');
    assert.equal(entry.code, 'echo.refused');
    assert.equal(entry.reason, 'too many of them');
    assert.equal(entry.err, undefined);
  });

  test('answers an unknown path with a 404 problem', async (t) => {
    const { app } = await openEcho(t);
    const answer = await app.inject('/nowhere');
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json<ProblemAnswer>().code, 'path.unknown');
  });

  test('answers a method that a path does not have with a 405 problem and those that it has', async (t) => {
    const { app } = await openEcho(t);
    for (const [method, url, allow] of [
      ['POST', '/slow/1?x=1', 'GET, HEAD'],
      ['GET', '/echo', 'POST'],
      ['PUT', '/%65cho', 'POST'],
      ['OPTIONS', '/docs/static/index.css', 'GET, HEAD'],
    ] as const) {
      const answer = await app.inject({ method, url });
      assert.equal(answer.statusCode, 405, url);
      assert.equal(answer.headers.allow, allow, url);
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/u);
      assert.equal(answer.json<ProblemAnswer>().code, 'method.not_allowed');
    }
    for (const url of ['/slow', '/slow/1/2', '/echo/', '/slow/']) {
      assert.equal((await app.inject({ method: 'DELETE', url })).statusCode, 404, url);
    }
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
    const head = () => app.inject({ method: 'HEAD', url: '/limited', remoteAddress: '127.0.0.8' });
    assert.deepEqual([(await head()).headers['ratelimit-remaining']], ['2']);
    assert.deepEqual([(await head()).headers['ratelimit-remaining']], ['1']);
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
      (await service.metrics()).body.split('\n').filter((line) => line.startsWith('http_')).length;
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

  test('drains: a connection falls when the stream on it ends, though its head was sent before', async (t) => {
    const service = await openEcho(t);
    const address = await service.listen();
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    const [stream] = (await once(get(`${address}/stream/500`, { agent }), 'response')) as [IncomingMessage];
    const closed = service.close();
    assert.equal(await text(stream), 'begin, end');
    const startedAt = performance.now();
    await closed;
    assert.ok(performance.now() - startedAt < 5_000);
  });

  test('drains: a connection that never asks anything does not hold it up', async (t) => {
    const service = await openEcho(t);
    const { port } = new URL(await service.listen());
    const socket = connect(Number(port), '127.0.0.1');
    t.after(() => socket.destroy());
    await once(service.app.server, 'connection');
    const closed = service.close();
    await once(socket.resume(), 'close', { signal: AbortSignal.timeout(10_000) });
    await closed;
  });

  test('drains: a request that comes on an open connection while it closes is answered', async (t) => {
    const service = await openEcho(t, { DRAIN_DELAY_MS: '1000' });
    const { port } = new URL(await service.listen());
    const socket = connect(Number(port), '127.0.0.1');
    t.after(() => socket.destroy());
    await once(service.app.server, 'connection');
    const closed = service.close();
    await waitFor(() => !service.app.server.listening, { what: 'the end of listening' });
    socket.write('GET /pid HTTP/1.1\r\nHost: echo\r\n\r\n');
    const answer = await text(socket);
    assert.match(answer, /^HTTP\/1.1 200 /u);
    assert.match(answer, /\r\nconnection: close\r\n/iu);
    await closed;
  });

  test('closes what the platform opened even when the app fails to close', async () => {
    const definition = {
      ...echoService,
      build: () => async (app: FastifyInstance) =>
        void app.addHook('onClose', async () => {
          throw new Error('cannot close');
        }),
    };
    const service = await openService(definition, configOfEcho(), pino({ level: 'silent' }));
    let isClosed = false;
    service.platform.onClose(() => void (isClosed = true));
    await assert.rejects(service.close(), /cannot close/u);
    assert.ok(isClosed);
  });
});
