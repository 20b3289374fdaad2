import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStatuses, tokenOf, type Answered } from './testing/client.ts';
import { startEdge, upstream } from './testing/edge.ts';
import { authProxied, startOriginal } from './testing/original.ts';
import { until } from './testing/until.ts';

const SCHOOL = '127.20.0.1';
const CLASS_SIZE = 60;
const students = Array.from({ length: CLASS_SIZE }, (_, index) => index);
const authorization = (student: number) => ({ authorization: `Bearer ${tokenOf(student)}` });

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const slowest = (answers: readonly Answered[]): number => Math.max(...answers.map(({ ms }) => ms));

/** Makes `count` calls and waits for the refused ones; those that the original queues are left behind. */
async function refusals(expected: number, call: () => Promise<Answered>, count: number): Promise<void> {
  let refused = 0;
  await new Promise<void>((resolve) => {
    for (let index = 0; index < count; index += 1) {
      call().then(
        ({ status }) => {
          if (status === 503) refused += 1;
          if (refused === expected) resolve();
        },
        () => undefined, // broken off when the test ends
      );
    }
  });
}

test('a class of 60 behind one address makes its calls, and none is refused', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  const answers = await times(CLASS_SIZE * 3, (index) =>
    edge.call('/api/courses', { from: SCHOOL, headers: authorization(index % CLASS_SIZE) }),
  );
  assert.deepEqual(countStatuses(answers), { 200: CLASS_SIZE * 3 });
});

test('the original refuses most of a class behind one address', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port]);
  const answers = await times(CLASS_SIZE * 3, (index) =>
    original.call('/api/courses', { from: SCHOOL, headers: authorization(index % CLASS_SIZE) }),
  );
  const refused = answers.filter(({ status }) => status === 503);
  assert.ok(refused.length > CLASS_SIZE * 2, JSON.stringify(countStatuses(answers)));
  assert.equal(refused[0]?.headers['content-type'], 'text/html');
  assert.equal(refused[0].headers['retry-after'], undefined);
});

test('one student has 10 calls a second and a burst of 20, refused at once and not queued', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  const started = performance.now();
  const answers = await times(60, () => edge.call('/api/courses', { headers: authorization(1) }));
  const seconds = (performance.now() - started) / 1000;
  const { 200: served = 0, 429: refused = 0 } = countStatuses(answers);
  assert.ok(served >= 21 && served <= 21 + Math.ceil(10 * seconds), `${served} served in ${seconds} s`);
  assert.equal(served + refused, 60);
  assert.equal((await edge.call('/api/courses', { headers: authorization(2) })).status, 200, 'others go on');
});

test('the original queues a burst: its answers take seconds', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port]);
  const answers = await times(22, () => original.call('/api/courses'));
  assert.ok(slowest(answers) > 1500, `slowest took ${slowest(answers)} ms`);
});

test('the ceiling of an address holds for tokens that are made up', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, {
    courses: [courses.port],
    limits: { apiPerAddress: { rate: '1r/s', burst: 30 } },
  });
  const answers = await times(60, (index) => edge.call('/api/courses', { headers: authorization(index) }));
  assert.ok((countStatuses(answers)[429] ?? 0) >= 20, JSON.stringify(countStatuses(answers)));
  assert.equal(
    (await edge.call('/api/courses', { from: '127.20.0.2' })).status,
    200,
    'another address goes on',
  );
});

test('what is not a token counts for the address only', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  const answers = await times(60, () =>
    edge.call('/api/courses', { headers: { authorization: 'Bearer guess' } }),
  );
  assert.deepEqual(countStatuses(answers), { 200: 60 });
});

test('a refusal is a problem document with Retry-After', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, {
    courses: [courses.port],
    limits: { apiPerCredential: { rate: '1r/s', burst: 1 } },
  });
  await times(2, () => edge.call('/api/courses', { headers: authorization(1) }));
  const { status, headers, body } = await edge.call('/api/courses', { headers: authorization(1) });
  assert.equal(status, 429);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.equal(headers['retry-after'], '1');
  assert.equal(headers['cache-control'], 'no-store');
  const { requestId, ...problem } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual(problem, {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    code: 'edge.rate_limited',
  });
  assert.equal(requestId, headers['x-request-id']);
});

test('60 students behind one address sign in at the bell: none is refused, with or without a device id', async (t) => {
  const auth = await upstream(t);
  const edge = await startEdge(t, { auth: [auth.port] });
  const withId = await Promise.all(
    students.map((student) =>
      edge.call('/api/auth/login', {
        from: SCHOOL,
        method: 'POST',
        headers: { 'x-device-id': `device-of-student-${student}` },
      }),
    ),
  );
  const without = await Promise.all(
    students.map(() => edge.call('/api/auth/login', { from: SCHOOL, method: 'POST', body: '{}' })),
  );
  assert.deepEqual(countStatuses([...withId, ...without]), { 200: CLASS_SIZE * 2 });
});

test('the original locks the class out: 6 sign in, and wait for up to a minute', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port], authProxied);
  await refusals(
    CLASS_SIZE - 6,
    () => original.call('/api/auth/login', { from: SCHOOL, method: 'POST' }),
    CLASS_SIZE,
  );
  await until(() => backend.seen.length > 0);
  assert.equal(backend.seen.length, 1, 'the other five still wait');
});

test('one device that hammers the login is refused after six tries, whatever it asks for next', async (t) => {
  const auth = await upstream(t);
  const edge = await startEdge(t, { auth: [auth.port] });
  const hammer = { method: 'POST', headers: { 'x-device-id': 'one-and-the-same-device' } };
  const answers = await times(30, () => edge.call('/api/auth/login', hammer));
  assert.deepEqual(countStatuses(answers), { 200: 6, 429: 24 });
  assert.ok(slowest(answers) < 5000, 'nothing is queued');
  const refused = answers.find(({ status }) => status === 429);
  assert.equal(refused?.headers['retry-after'], '12');
  const cookie = { method: 'POST', headers: { cookie: 'device=one-and-the-same-device' } };
  assert.equal(
    (await edge.call('/api/auth/register', cookie)).status,
    429,
    'header and cookie are one device',
  );
});

test('a client that hammers the login under changing names meets the ceiling of its address', async (t) => {
  const auth = await upstream(t);
  const edge = await startEdge(t, { auth: [auth.port] });
  const started = performance.now();
  const answers = await times(400, (index) =>
    edge.call('/api/auth/login', { method: 'POST', headers: { 'x-device-id': `made-up-device-${index}` } }),
  );
  const seconds = (performance.now() - started) / 1000;
  const served = countStatuses(answers)[200] ?? 0;
  assert.ok(served >= 181 && served <= 181 + Math.ceil(2 * seconds), `${served} served in ${seconds} s`);
});

test('refresh, logout and me do not spend the allowance of the login', async (t) => {
  const auth = await upstream(t);
  const edge = await startEdge(t, { auth: [auth.port] });
  const answers = await times(21, (index) =>
    edge.call(['/api/auth/refresh', '/api/auth/logout', '/api/auth/me'][index % 3] ?? '', {
      headers: { 'x-device-id': 'one-and-the-same-device', ...authorization(1) },
    }),
  );
  assert.deepEqual(countStatuses(answers), { 200: 21 });
});

test('in the original, a refresh spends the allowance of the login', async (t) => {
  const backend = await upstream(t);
  const original = await startOriginal(t, [backend.port], authProxied);
  await refusals(6, () => original.call('/api/auth/refresh', { from: SCHOOL, method: 'POST' }), 12);
  const login = await original.call('/api/auth/login', { from: SCHOOL, method: 'POST' });
  assert.equal(login.status, 503, 'who wants to sign in now is locked out');
});
