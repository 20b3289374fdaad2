import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeOptions } from './options.ts';

const server = { host: '127.0.0.1', port: 3001 };
const upstreams = { auth: [server], courses: [server], aiTutor: [server] };

test('fills in defaults, and leaves what it was given alone', () => {
  const given = { upstreams, limits: { apiPerCredential: { rate: '20r/s' } } };
  const before = structuredClone(given);
  const options = completeOptions(given);
  assert.deepEqual(options.limits.apiPerCredential, { rate: '20r/s', burst: 20 });
  assert.deepEqual(options.listen, { address: '127.0.0.1', port: 8080 });
  assert.deepEqual(given, before);
});

test('names every fault at once', () => {
  const wrong = {
    upstreams: { auth: [], courses: [{ host: 'a', port: 0 }], aiTutor: [server] },
    limit: {},
    status: { port: 'x' },
  };
  assert.throws(
    () => completeOptions(wrong),
    ({ message }: Error) =>
      ['/upstreams/auth ', '/upstreams/courses/0/port', '/status/port', 'limit'].every((part) =>
        message.includes(part),
      ),
  );
  for (const nothing of [undefined, null, [], 'text'])
    assert.throws(() => completeOptions(nothing), /options are wrong/u);
});

test('refuses what could end a directive', () => {
  for (const crooked of ['a;b', 'a b', 'a{', 'a}', "a'", 'a"', 'a\nb', '$a', '#a', 'a\\']) {
    for (const options of [
      { upstreams: { ...upstreams, auth: [{ host: crooked, port: 1 }] } },
      { upstreams, trustedProxies: [crooked] },
      { upstreams, resolvers: [crooked] },
      { upstreams, limits: { body: crooked } },
    ]) {
      assert.throws(() => completeOptions(options), /options are wrong/u, JSON.stringify(options));
    }
  }
});

test('a path may be any that can stand between quotation marks', () => {
  assert.equal(completeOptions({ upstreams, staticRoot: '/home/अ b/#;{}' }).staticRoot, '/home/अ b/#;{}');
  for (const crooked of ['', 'a"b', '$a', 'a\nb', 'a\\']) {
    for (const name of ['staticRoot', 'accessLog', 'errorLog', 'pidPath', 'tempPath', 'brotliModule']) {
      assert.throws(() => completeOptions({ upstreams, [name]: crooked }), /options are wrong/u);
    }
  }
});

test('in kubernetes, upstreams are names: the address of a pod is wrong after its next restart', () => {
  assert.throws(
    () => completeOptions({ mode: 'kubernetes', upstreams }),
    /names of headless Services.*127\.0\.0\.1/u,
  );
  const named = { host: 'auth.ganitagya.svc.cluster.local', port: 3000 };
  assert.doesNotThrow(() =>
    completeOptions({ mode: 'kubernetes', upstreams: { auth: [named], courses: [named], aiTutor: [named] } }),
  );
});
