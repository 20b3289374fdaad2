import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { knowsDirective } from './nginx-probe.ts';
import type { Answered } from './testing/client.ts';
import { startEdge, upstream } from './testing/edge.ts';

function assertProblem({ status, headers, body }: Answered, expected: number, code: string): void {
  assert.equal(status, expected, body);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  const problem = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual([problem['type'], problem['status'], problem['code']], ['about:blank', expected, code]);
  assert.equal(problem['requestId'], headers['x-request-id']);
  assert.match(String(problem['requestId']), /^[0-9a-f]{32}$/u);
}

test('every error of the edge is a problem document', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  await writeFile(join(edge.folder, 'site', 'index.html'), 'hello');
  const post = { method: 'POST' };
  const long = 'x'.repeat(9000);

  assertProblem(await edge.call('/nowhere'), 404, 'edge.not_found');
  assertProblem(await edge.call('/nowhere', post), 404, 'edge.not_found');
  assertProblem(await edge.call('/', post), 405, 'edge.method_not_allowed');
  assertProblem(await edge.call('/static/../static/%00'), 400, 'edge.bad_request');
  assertProblem(await edge.call('/api/courses', { headers: { host: 'a/b' } }), 400, 'edge.bad_request');
  assertProblem(await edge.call(`/api/courses?q=${long}`), 414, 'edge.uri_too_long');
  assertProblem(
    await edge.call('/api/courses', { headers: { 'x-long': long } }),
    431,
    'edge.headers_too_large',
  );
  const unreachable = await edge.call('/api/auth/me');
  assertProblem(unreachable, 502, 'edge.service_failed');
  assert.equal(unreachable.headers['retry-after'], '5');
  assert.equal(courses.seen.length, 0);
});

test('header fields are counted, where nginx can', async (t) => {
  if (!knowsDirective('nginx', 'max_headers 30;')) {
    t.skip('this nginx has no max_headers');
    return;
  }
  const edge = await startEdge(t, { limits: { headerFields: 30 } });
  const headers = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`x-header-${index}`, 'a']));
  assertProblem(await edge.call('/edge/health', { headers }), 431, 'edge.headers_too_large');
});

test('what is not HTTP is a problem document too', async (t) => {
  const edge = await startEdge(t);
  const answer = await raw(edge.port, 'NOT HTTP AT ALL\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 400 /u);
  assert.match(answer, /"code":"edge\.bad_request"/u);
});

test('bodies are bounded: 256 kB, and 2 MB where lessons are written', async (t) => {
  const app = await upstream(t);
  const edge = await startEdge(t, { auth: [app.port], courses: [app.port], aiTutor: [app.port] });
  const post = (path: string, kilobytes: number, method = 'POST') =>
    edge.call(path, { method, body: 'x'.repeat(kilobytes * 1024) });
  for (const path of ['/api/progress', '/api/ai/tutor/ask', '/api/auth/login']) {
    assert.equal((await post(path, 256)).status, 200);
    assertProblem(await post(path, 257), 413, 'edge.body_too_large');
  }
  for (const method of ['POST', 'PUT']) {
    assert.equal((await post('/api/lessons/1', 2048, method)).status, 200);
    assertProblem(await post('/api/lessons/1', 2049, method), 413, 'edge.body_too_large');
  }
});

test('errors of a service pass untouched', async (t) => {
  for (const status of [400, 401, 404, 413, 418, 429, 500, 502, 503, 504]) {
    const courses = await upstream(t, (_request, response) => {
      response.writeHead(status, { 'content-type': 'text/x-own', 'retry-after': '33' }).end(`own ${status}`);
    });
    const edge = await startEdge(t, { courses: [courses.port] });
    for (const method of ['GET', 'PUT']) {
      const answer = await edge.call('/api/courses', { method });
      assert.equal(answer.status, status);
      assert.equal(answer.body, `own ${status}`);
      assert.equal(answer.headers['content-type'], 'text/x-own');
      assert.equal(answer.headers['retry-after'], '33');
    }
  }
});

test('a client that drips its request is closed', async (t) => {
  const edge = await startEdge(t, { timeouts: { clientHeaderS: 1, clientBodyS: 1 } });
  const started = performance.now();
  assert.equal(await raw(edge.port, 'GET /api/courses HTTP/1.1\r\nHost: a\r\nX-Drip: '), '');
  const head = 'POST /api/progress HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n';
  await raw(edge.port, `${head}drip`);
  assert.ok(performance.now() - started < 10_000);
});

/** Sends bytes and gives back what comes until the edge closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (data: string) => (received += data));
  socket.on('error', () => undefined); // a reset is a close as well
  socket.setTimeout(30_000, () => socket.destroy(new Error('still open')));
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return received;
}
