import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countStatuses, type Answered } from './testing/client.ts';
import { startEdge, upstream } from './testing/edge.ts';
import { freePort } from './testing/free-port.ts';
import { startOriginal } from './testing/original.ts';
import { startUpstreamProcess } from './testing/upstream-process.ts';

const breakOff = (request: IncomingMessage): void => void request.socket.destroy();

test('a service that is killed under load costs no GET, and no POST reaches two services', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const journal = join(folder, 'journal');
  const [killed, other] = [await startUpstreamProcess(t, journal), await startUpstreamProcess(t, journal)];
  const edge = await startEdge(t, { courses: [killed.port, other.port] });
  const answers = { GET: [] as Answered[], POST: [] as Answered[] };
  const student = async (number: number): Promise<void> => {
    const method = number % 2 === 0 ? 'GET' : 'POST';
    for (let call = 0; call < 40; call += 1) {
      answers[method].push(await edge.call(`/api/progress/${number}/${call}`, { method }));
      if (answers.GET.length + answers.POST.length === 400) await killed.kill();
    }
  };
  await Promise.all(Array.from({ length: 26 }, (_, number) => student(number)));

  assert.deepEqual(countStatuses(answers.GET), { 200: 520 });
  const { 200: done = 0, 502: unknown = 0 } = countStatuses(answers.POST);
  assert.equal(done + unknown, 520);
  assert.ok(unknown <= 13, `${unknown} of 520 POSTs failed: at most those in flight`);
  const posts = (await readFile(journal, 'utf8')).split('\n').filter((line) => line.startsWith('POST'));
  assert.equal(new Set(posts).size, posts.length, 'each POST was carried out at most once');
  assert.equal(new Set(answers.GET.map(({ body }) => body)).size, 2, 'both services answered');
});

for (const method of ['GET', 'HEAD', 'OPTIONS']) {
  test(`${method} goes to another service when one breaks off`, async (t) => {
    const [broken, whole] = [await upstream(t, breakOff), await upstream(t)];
    const edge = await startEdge(t, { courses: [broken.port, whole.port] });
    const answers = await Promise.all([
      edge.call('/api/courses', { method }),
      edge.call('/api/courses', { method }),
    ]);
    assert.deepEqual(countStatuses(answers), { 200: 2 });
    assert.equal(broken.seen.length, 1);
  });
}

for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
  test(`${method} is sent once when the service breaks off`, async (t) => {
    const [broken, other] = [await upstream(t, breakOff), await upstream(t, breakOff)];
    const edge = await startEdge(t, { courses: [broken.port, other.port] });
    const { status, headers, body } = await edge.call('/api/progress/1', { method, body: '{"done":true}' });
    assert.equal(status, 502);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal((JSON.parse(body) as { code: string }).code, 'edge.service_failed');
    assert.equal(broken.seen.length + other.seen.length, 1);
  });
}

for (const method of ['PUT', 'DELETE']) {
  test(`the original sends ${method} again`, async (t) => {
    const [broken, other] = [await upstream(t, breakOff), await upstream(t, breakOff)];
    const original = await startOriginal(t, [broken.port, other.port]);
    assert.equal((await original.call('/api/progress/1', { method, body: '{"done":true}' })).status, 502);
    assert.equal(broken.seen.length + other.seen.length, 2);
  });
}

test('POST goes to another service when one cannot be reached: nothing was sent yet', async (t) => {
  const whole = await upstream(t);
  const edge = await startEdge(t, { courses: [await freePort(), whole.port] });
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => edge.call('/api/enrolments', { method: 'POST', body: '{}' })),
  );
  assert.deepEqual(countStatuses(answers), { 200: 6 });
  assert.equal(whole.seen.length, 6);
});

test('tries are bounded: of five services that break off, a GET meets three', async (t) => {
  const broken = await Promise.all(Array.from({ length: 5 }, () => upstream(t, breakOff)));
  const edge = await startEdge(t, { courses: broken.map(({ port }) => port) });
  assert.equal((await edge.call('/api/courses')).status, 502);
  assert.equal(broken.flatMap(({ seen }) => seen).length, 3);
});

test('a service that is slow, or says that it is overloaded, is not asked again elsewhere', async (t) => {
  const silent = () => undefined;
  const slow = [await upstream(t, silent), await upstream(t, silent)];
  const edge = await startEdge(t, {
    courses: slow.map(({ port }) => port),
    timeouts: { connectS: 1, readS: 3 },
  });
  const { status, body } = await edge.call('/api/courses');
  assert.equal(status, 504);
  assert.equal((JSON.parse(body) as { code: string }).code, 'edge.service_timeout');
  assert.equal(slow.flatMap(({ seen }) => seen).length, 1);

  const told = { 'retry-after': '7', 'x-not-started': '1', 'x-load-level': '130' };
  const overloaded = (_request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(503, told).end('{"code":"service.overloaded"}');
  const full = [await upstream(t, overloaded), await upstream(t, overloaded)];
  const second = await startEdge(t, { courses: full.map(({ port }) => port) });
  const refusal = await second.call('/api/courses');
  assert.deepEqual([refusal.status, refusal.body], [503, '{"code":"service.overloaded"}']);
  for (const [name, value] of Object.entries(told)) assert.equal(refusal.headers[name], value);
  assert.equal(full.flatMap(({ seen }) => seen).length, 1);
});

test('a service that failed three times rests; one that stands alone is asked for ever', async (t) => {
  const [broken, whole] = [await upstream(t, breakOff), await upstream(t)];
  const edge = await startEdge(t, { courses: [broken.port, whole.port], auth: [broken.port] });
  const answers = [];
  for (let call = 0; call < 30; call += 1) answers.push(await edge.call('/api/courses'));
  assert.deepEqual(countStatuses(answers), { 200: 30 });
  assert.equal(broken.seen.length, 3);

  for (let call = 0; call < 10; call += 1) await edge.call('/api/auth/me');
  assert.equal(broken.seen.length, 13, 'nginx ignores max_fails in a group of one: run at least two');
});
