import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createTestIssuer } from '@ganitagya/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { requireRole, requireUser } from './guards.ts';
import { identity } from './identity.ts';
import { createVerifier, type Verifier } from './verifier.ts';

const issuer = await createTestIssuer();
const bearer = async (role: 'student' | 'teacher' | 'admin') => ({
  authorization: `Bearer ${await issuer.sign({ userId: `a-${role}`, role })}`,
});

async function build(t: TestContext, verifier: Verifier): Promise<FastifyInstance> {
  const app = fastify();
  t.after(() => app.close());
  app.decorateRequest('principal');
  await app.register(identity, { verifier });
  app.get('/public', async (request) => ({ user: request.principal?.userId ?? null }));
  app.get('/user', { onRequest: requireUser() }, async (request) => ({ user: request.principal?.userId }));
  app.get('/teacher', { onRequest: requireRole('teacher') }, async () => ({ ok: true }));
  return app;
}

describe('identity', () => {
  const verifier = createVerifier({ keys: async () => issuer.jwks });

  test('a request without a token is nobody; a public route serves it, a guarded one says 401', async (t) => {
    const app = await build(t, verifier);
    assert.deepEqual((await app.inject('/public')).json(), { user: null });
    assert.equal((await app.inject('/user')).statusCode, 401);
  });

  test('a good token names the user everywhere', async (t) => {
    const app = await build(t, verifier);
    const headers = await bearer('student');
    assert.deepEqual((await app.inject({ url: '/public', headers })).json(), { user: 'a-student' });
    assert.deepEqual((await app.inject({ url: '/user', headers })).json(), { user: 'a-student' });
  });

  test('a bad token is 401 on public routes too, whatever is bad about it', async (t) => {
    const app = await build(t, verifier);
    for (const authorization of [
      'Bearer x.y.z',
      'Basic abc',
      'Bearer ',
      `Bearer ${'a'.repeat(5_000)}`,
      'bearer',
    ]) {
      const answer = await app.inject({ url: '/public', headers: { authorization } });
      assert.equal(answer.statusCode, 401, authorization.slice(0, 20));
      assert.equal(answer.json<{ code: string }>().code, 'identity.token_invalid');
    }
  });

  test('a guard by role lets in those of the role and above', async (t) => {
    const app = await build(t, verifier);
    const statusOf = async (role: 'student' | 'teacher' | 'admin') =>
      (await app.inject({ url: '/teacher', headers: await bearer(role) })).statusCode;
    assert.equal(await statusOf('student'), 403);
    assert.equal(await statusOf('teacher'), 200);
    assert.equal(await statusOf('admin'), 200);
  });

  test('keys that cannot be had are 503, not 401: the client must keep its token', async (t) => {
    const app = await build(
      t,
      createVerifier({ keys: async () => Promise.reject(new Error('auth is down')) }),
    );
    const answer = await app.inject({ url: '/user', headers: await bearer('student') });
    assert.equal(answer.statusCode, 503);
    assert.equal((await app.inject('/public')).statusCode, 200);
  });
});
