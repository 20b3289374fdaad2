import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStatuses } from './testing/client.ts';
import { startEdge, upstream } from './testing/edge.ts';
import { startOriginal } from './testing/original.ts';
import { until } from './testing/until.ts';

test('50 calls are one connection to the service', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  for (let call = 0; call < 50; call += 1) await edge.call('/api/courses');
  assert.equal(courses.seen.length, 50);
  assert.equal(courses.connections(), 1);
  assert.deepEqual(new Set(courses.seen.map(({ httpVersion }) => httpVersion)), new Set(['1.1']));
});

test('in the original, every call is a connection of its own, in HTTP/1.0', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port], (text) =>
    text.replace('burst=20', 'burst=100 nodelay'),
  );
  for (let call = 0; call < 50; call += 1) await original.call('/api/courses');
  assert.equal(backend.connections(), 50);
  assert.equal(backend.seen[0]?.httpVersion, '1.0');
});

test('as many connections as there are calls in flight are kept for the next ones', async (t) => {
  const waiting: (() => void)[] = [];
  const courses = await upstream(t, (_request, response) => {
    waiting.push(() => response.end());
    if (waiting.length === 100) for (const answer of waiting.splice(0)) answer();
  });
  const edge = await startEdge(t, { courses: [courses.port] });
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => edge.call('/api/courses')));
    assert.deepEqual(countStatuses(answers), { 200: 100 });
  }
  assert.equal(courses.connections(), 100);
});

test('each path reaches its app, with query and body', async (t) => {
  const apps = { auth: await upstream(t), courses: await upstream(t), aiTutor: await upstream(t) };
  const edge = await startEdge(t, {
    auth: [apps.auth.port],
    courses: [apps.courses.port],
    aiTutor: [apps.aiTutor.port],
  });
  const expected = {
    auth: ['/api/auth/login', '/api/auth/register', '/api/auth/refresh', '/api/auth/.well-known/jwks.json'],
    courses: [
      '/api/courses',
      '/api/courses/docs',
      '/api/lessons/feed',
      '/api/enrolments/1',
      '/api/progress?a=%20b',
    ],
    aiTutor: ['/api/ai/tutor/ask', '/api/ai/docs/'],
  };
  for (const [app, paths] of Object.entries(expected)) {
    for (const path of paths) {
      for (const method of ['POST', 'PUT', 'PATCH']) {
        if (method !== 'POST' && /login|register/u.test(path)) continue;
        assert.equal((await edge.call(path, { method, body: `${method} to ${path}` })).status, 200);
        const seen = apps[app as keyof typeof apps].seen.at(-1);
        assert.deepEqual([seen?.method, seen?.url, seen?.body], [method, path, `${method} to ${path}`]);
      }
    }
  }
});

test('paths beside the table and the management ports of the apps are not reachable', async (t) => {
  const app = await upstream(t);
  const edge = await startEdge(t, { auth: [app.port], courses: [app.port], aiTutor: [app.port] });
  const paths = [
    '/metrics',
    '/livez',
    '/readyz',
    '/health',
    '/stub_status',
    '/api',
    '/api/',
    '/api/coursesx',
    '/api/users',
  ];
  const escapes = [
    '/api/courses/../../metrics',
    '/api/courses/%2e%2e/%2e%2e/metrics',
    '//metrics',
    '/_edge/problem',
  ];
  for (const path of [...paths, ...escapes]) {
    const { status, headers } = await edge.call(path);
    assert.deepEqual([path, status, headers['content-type']], [path, 404, 'application/problem+json']);
  }
  assert.equal(app.seen.length, 0);
});

test('no spelling of the path gets a login around its limit', async (t) => {
  const auth = await upstream(t);
  const edge = await startEdge(t, {
    auth: [auth.port],
    limits: { loginPerAddress: { rate: '1r/m', burst: 1 } },
  });
  const spellings = [
    '/api/auth/login',
    '/api/auth//login',
    '/api/auth/%6cogin',
    '/api/./auth/login',
    '/api/auth/login?a=1',
  ];
  const answers = [];
  for (const path of spellings) answers.push(await edge.call(path, { method: 'POST' }));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429, 429, 429],
  );
});

test('the service sees host, address, scheme and id of the request, and nothing that the client made up', async (t) => {
  const app = await upstream(t);
  const edge = await startEdge(t, { auth: [app.port], courses: [app.port], aiTutor: [app.port] });
  const madeUp = {
    host: 'learn.example',
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    'x-real-ip': '1.2.3.4',
    forwarded: 'for=1.2.3.4',
    'x-request-id': 'made-up-request-id',
  };
  for (const path of [
    '/api/auth/login',
    '/api/auth/me',
    '/api/courses',
    '/api/progress',
    '/api/ai/tutor/ask',
  ]) {
    for (const method of ['POST', 'DELETE']) {
      await edge.call(path, { method, from: '127.30.0.7', headers: madeUp });
      const { headers } = app.seen.at(-1) ?? {};
      assert.equal(headers?.host, 'learn.example');
      assert.equal(headers['x-forwarded-for'], '127.30.0.7');
      assert.equal(headers['x-forwarded-proto'], 'http');
      assert.equal(headers['x-forwarded-host'], 'learn.example');
      assert.equal(headers['x-real-ip'], undefined);
      assert.equal(headers['forwarded'], undefined);
      assert.match(String(headers['x-request-id']), /^[0-9a-f]{32}$/u);
    }
  }
});

test('in the original, the service sees the name of the upstream as host', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port]);
  await original.call('/api/courses', { headers: { host: 'learn.example' } });
  assert.equal(backend.seen[0]?.headers.host, 'backend');
});

test('in the original, a nested location loses proxy_pass, and one header of its own drops all others', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port]);
  assert.equal((await original.call('/api/auth/me')).status, 404, 'looked for as a file');
  assert.equal(backend.seen.length, 0);
  await original.call('/api/ai/tutor/ask');
  assert.equal(backend.seen[0]?.headers['x-forwarded-for'], undefined);
  await original.call('/api/courses');
  assert.equal(backend.seen[1]?.headers['x-forwarded-for'], '127.0.0.1');
});

test('the least busy server gets the next call, by its weight', async (t) => {
  const held: (() => void)[] = [];
  const hold = (_request: unknown, response: { end: () => void }): void =>
    void held.push(() => response.end());
  const [heavy, light] = [await upstream(t, hold), await upstream(t, hold)];
  const edge = await startEdge(t, { courses: [{ port: heavy.port, weight: 3 }, { port: light.port }] });
  const calls = Array.from({ length: 40 }, () => edge.call('/api/courses'));
  await until(() => held.length === 40);
  assert.deepEqual([heavy.seen.length, light.seen.length], [30, 10]);
  for (const answer of held) answer();
  await Promise.all(calls);
});
