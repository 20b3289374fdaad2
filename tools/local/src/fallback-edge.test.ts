import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { freePort } from '@ganitagya/testing';
import type { Upstreams } from './upstreams.ts';
import { startFallbackEdge } from './fallback-edge.ts';

async function upstream(t: TestContext, handle: RequestListener) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** An edge before the given courses processes, over a static folder with a secret beside it. */
async function edge(t: TestContext, courses: Upstreams['courses']) {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const root = join(folder, 'static');
  mkdirSync(join(root, 'static'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<h1>Ganitagya</h1>');
  writeFileSync(join(root, 'static', 'app.js'), 'run();');
  mkdirSync(join(folder, 'static-secrets'));
  writeFileSync(join(folder, 'static-secrets', 'key'), 'secret');
  const port = await freePort();
  const part = startFallbackEdge(port, { auth: [], courses, aiTutor: [] }, root);
  await part.start();
  t.after(() => part.stop());
  return { port, url: `http://127.0.0.1:${port}` };
}

/** Sends a request line as it is; `fetch` would tidy the path. */
async function raw(port: number, target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

const echo: RequestListener = (incoming, response) => {
  void text(incoming).then((body) => {
    const { method, url, headers } = incoming;
    response.setHeader('x-served', 'yes').end(JSON.stringify({ method, url, headers, body }));
  });
};

describe('fallback edge', () => {
  test('passes method, path, query, headers and body on, and names the true address', async (t) => {
    const { url } = await edge(t, [await upstream(t, echo)]);
    const answer = await fetch(`${url}/api/courses/1?class=10&q=%2F`, {
      method: 'POST',
      body: 'payload',
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-mine': 'kept' },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-served'), 'yes');
    const seen = (await answer.json()) as {
      method: string;
      url: string;
      body: string;
      headers: Record<string, string>;
    };
    assert.equal(seen.method, 'POST');
    assert.equal(seen.url, '/api/courses/1?class=10&q=%2F');
    assert.equal(seen.body, 'payload');
    assert.equal(seen.headers['x-mine'], 'kept');
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
  });

  test('takes the processes in turn', async (t) => {
    const named =
      (name: string): RequestListener =>
      (_request, response) =>
        void response.end(name);
    const { url } = await edge(t, [await upstream(t, named('a')), await upstream(t, named('b'))]);
    const names: string[] = [];
    for (let i = 0; i < 4; i += 1) names.push(await (await fetch(`${url}/api/lessons`)).text());
    assert.deepEqual(names, ['a', 'b', 'a', 'b']);
  });

  test('sends an answer on as it comes, and tells the service when the client leaves', async (t) => {
    const left = Promise.withResolvers<true>();
    const { port } = await edge(t, [
      await upstream(t, (_request, response) => {
        response.write('first');
        response.on('close', () => left.resolve(true));
      }),
    ]);
    const client = request({ host: '127.0.0.1', port, path: '/api/courses' }).end();
    client.on('response', (answer) => {
      answer.once('data', (chunk: Buffer) => {
        assert.equal(chunk.toString(), 'first');
        client.destroy();
      });
      answer.on('error', () => undefined);
    });
    await left.promise;
  });

  test('a dead process is a 502 problem, for a large upload too', async (t) => {
    const { url } = await edge(t, [{ host: '127.0.0.1', port: await freePort() }]);
    for (const body of ['small', 'x'.repeat(4_000_000)]) {
      const answer = await fetch(`${url}/api/courses`, { method: 'POST', body });
      assert.equal(answer.status, 502);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.equal(((await answer.json()) as { code: string }).code, 'edge.bad_gateway');
    }
  });

  test('serves static files by their type, and nothing beside their folder', async (t) => {
    const { url, port } = await edge(t, []);
    const page = await fetch(url);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(await page.text(), '<h1>Ganitagya</h1>');
    const script = await fetch(`${url}/static/app.js?v=1`);
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.equal(await script.text(), 'run();');
    for (const target of [
      '/../static-secrets/key',
      '/static/../../static-secrets/key',
      '/%2e%2e/static-secrets/key',
      '/..%2fstatic-secrets/key',
      '/..\\static-secrets\\key',
      '/static',
      '/nothing',
      '/%00',
    ]) {
      const answer = await raw(port, target);
      assert.match(answer, /^HTTP\/1.1 404 /u, target);
      assert.ok(!answer.includes('secret'), target);
    }
  });

  test('outlives request targets that are no URL', async (t) => {
    const { url, port } = await edge(t, []);
    for (const target of ['//', 'http://[', '///x']) {
      assert.match(await raw(port, target), /^HTTP\/1.1 40[04] /u, target);
    }
    assert.equal((await fetch(url)).status, 200);
  });

  test('routes by the path that the service will see', async (t) => {
    const { port } = await edge(t, [await upstream(t, echo)]);
    assert.match(await raw(port, '//elsewhere/api/courses'), /^HTTP\/1.1 404 /u);
    assert.match(await raw(port, '/api/coursesx'), /^HTTP\/1.1 404 /u);
  });
});
