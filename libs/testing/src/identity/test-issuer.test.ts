import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';

import { createTestIssuer } from './test-issuer.ts';

test('signs an access token that its published keys verify', async (t) => {
  const issuer = await createTestIssuer();
  const server = await issuer.serve();
  t.after(() => server.close());
  const token = await issuer.sign({ userId: 'user-1', role: 'teacher', sessionId: 'session-1' });

  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(server.url)), {
    issuer: 'ganitagya',
    audience: 'ganitagya',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
  });
  assert.equal(protectedHeader.alg, 'EdDSA');
  assert.equal(payload.sub, 'user-1');
  assert.equal(payload['role'], 'teacher');
  assert.equal(payload['sid'], 'session-1');
  assert.equal(Number(payload.exp) - Number(payload.iat), 600);
  assert.equal(server.requests, 1);
  assert.equal((await fetch(new URL('/other', server.url))).status, 404);
});

test('after a rotation old tokens stay good and new ones name the new key', async () => {
  const issuer = await createTestIssuer();
  const old = await issuer.sign({ userId: 'user-1', role: 'student' });
  await issuer.rotate();
  const fresh = await issuer.sign({ userId: 'user-1', role: 'student' });
  assert.notEqual(decodeProtectedHeader(old).kid, decodeProtectedHeader(fresh).kid);
  const keys = createLocalJWKSet(issuer.jwks);
  await jwtVerify(old, keys);
  await jwtVerify(fresh, keys);
});

test('a negative lifetime gives an expired token, another issuer a foreign one', async () => {
  const issuer = await createTestIssuer();
  const keys = createLocalJWKSet(issuer.jwks);
  const expired = await issuer.sign({ userId: 'user-1', role: 'student' }, { expiresInS: -60 });
  await assert.rejects(jwtVerify(expired, keys), { code: 'ERR_JWT_EXPIRED' });
  const foreign = await issuer.sign({ userId: 'user-1', role: 'student' }, { issuer: 'somebody' });
  await assert.rejects(jwtVerify(foreign, keys, { issuer: issuer.issuer }), {
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
  });
});
