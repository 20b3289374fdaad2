import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { until } from './testing/until.ts';
import { countStatuses, tokenOf } from './testing/client.ts';
import { startEdge, upstream } from './testing/edge.ts';
import { startOriginal } from './testing/original.ts';

const TOKENS = 10;
const TOKEN_EVERY_MS = 100;
const ask = { method: 'POST', body: '{"question":"?"}', headers: { 'accept-encoding': 'gzip' } };

/** Ten tokens, one each 100 ms. */
function speak(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let spoken = 0;
  const timer = setInterval(() => {
    response.write(`data: token ${spoken}\n\n`);
    spoken += 1;
    if (spoken === TOKENS) response.end();
  }, TOKEN_EVERY_MS);
  response.once('close', () => clearInterval(timer));
}

test('the first token of the tutor arrives long before the last', async (t) => {
  const tutor = await upstream(t, speak);
  const edge = await startEdge(t, { aiTutor: [tutor.port] });
  const { chunks, body } = await edge.call('/api/ai/tutor/ask', ask);
  assert.ok(chunks.length >= TOKENS / 2, `${chunks.length} pieces`);
  const [first, last] = [chunks.at(0)?.ms ?? 0, chunks.at(-1)?.ms ?? 0];
  assert.ok(last - first > (TOKENS * TOKEN_EVERY_MS) / 2, `first after ${first} ms, last after ${last} ms`);
  assert.match(body, /^data: token 0\n\n/u);
});

test('the original holds the tokens back until the last one', async (t) => {
  const tutor = await upstream(t, speak);
  const original = await startOriginal(t, [tutor.port]);
  const { chunks } = await original.call('/api/ai/tutor/ask', ask);
  assert.equal(chunks.length, 1);
  assert.ok((chunks[0]?.ms ?? 0) >= TOKENS * TOKEN_EVERY_MS - 50);
});

test('the tutor may think for longer than other services may', async (t) => {
  const slow = await upstream(
    t,
    (_request, response) => void setTimeout(() => response.end('thought'), 2000),
  );
  const edge = await startEdge(t, { aiTutor: [slow.port], courses: [slow.port], timeouts: { readS: 1 } });
  const [tutor, courses] = await Promise.all([
    edge.call('/api/ai/tutor/ask', ask),
    edge.call('/api/courses'),
  ]);
  assert.deepEqual([tutor.status, tutor.body, courses.status], [200, 'thought', 504]);
});

test('one student has four answers of the tutor at a time, a class behind one address has two each', async (t) => {
  const waiting: ServerResponse[] = [];
  const tutor = await upstream(t, (_request, response) => {
    response.writeHead(200).flushHeaders();
    waiting.push(response);
  });
  const edge = await startEdge(t, { aiTutor: [tutor.port], limits: { streamsPerAddress: 6 } });
  const calls = (count: number, headers = {}) =>
    Promise.all(
      Array.from({ length: count }, () => {
        const call = edge.call('/api/ai/tutor/ask', { ...ask, headers });
        void call.then(({ status }) => status === 429 && (refused += 1));
        return call;
      }),
    );
  let refused = 0;
  const student = calls(5, { authorization: `Bearer ${tokenOf(1)}` });
  await until(() => waiting.length === 4 && refused === 1);
  const others = calls(4);
  await until(() => waiting.length === 6 && refused === 3);
  for (const response of waiting) response.end();
  assert.deepEqual(countStatuses(await student), { 200: 4, 429: 1 });
  assert.deepEqual(countStatuses(await others), { 200: 2, 429: 2 });
});

test("large JSON is compressed on its way, the tutor's stream and the answer to a login are not", async (t) => {
  const large = JSON.stringify({ text: 'lesson '.repeat(1000) });
  const app = await upstream(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', etag: '"v1"' }).end(large);
  });
  const edge = await startEdge(t, { auth: [app.port], courses: [app.port], aiTutor: [app.port] });
  const { headers } = await edge.call('/api/courses', { headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual(
    [headers['content-encoding'], headers['etag'], headers['vary']],
    ['gzip', 'W/"v1"', 'Accept-Encoding'],
  );
  for (const path of ['/api/ai/tutor/ask', '/api/auth/login']) {
    assert.equal((await edge.call(path, ask)).headers['content-encoding'], undefined);
  }
});
