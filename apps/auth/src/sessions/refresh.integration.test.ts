import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { sessionIdOf, SessionSteps } from '../testing/session-steps.ts';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';
import { createSessionKey, refreshToken as makeToken } from './refresh-token.ts';

let database: AuthDatabase;
let auth: TestAuth;
let steps: SessionSteps;
before(async () => {
  database = await startAuthDatabase();
  auth = await openAuth(database);
  steps = new SessionSteps(database, auth);
});
after(async () => {
  await auth.close();
  await database.stop();
});

describe('POST /api/auth/refresh', () => {
  it('exchanges the current token for new ones', async () => {
    const { refreshToken, user } = await auth.signUp();
    const response = await steps.refresh(refreshToken);
    assert.equal(response.statusCode, 200);
    const body = response.json();
    assert.notEqual(body.refreshToken, refreshToken);
    assert.deepEqual(body.user, user);
    assert.deepEqual((await auth.me(body.token)).json(), user);
    assert.deepEqual(await steps.stateOf(refreshToken), { counter: 1, reason: null });
  });

  it('gives the role that the account has now', async () => {
    const { refreshToken, user } = await auth.signUp();
    await database.query(`update auth.account set role = 'teacher' where id = $1`, [user.id]);
    const body = (await steps.refresh(refreshToken)).json();
    assert.equal(body.user.role, 'teacher');
    assert.equal(decodeJwt(body.token)['role'], 'teacher');
  });

  it('repeats the current token to a client that never stored the reply, however late', async () => {
    const { refreshToken: first } = await auth.signUp();
    const second = await steps.refreshed(first);
    await steps.age(first, 'rotated_at', '2 days');
    assert.equal(await steps.refreshed(first), second);
    assert.equal(await steps.refreshed(first), second);
    assert.deepEqual(await steps.stateOf(first), { counter: 1, reason: null });
    assert.notEqual(await steps.refreshed(second), second);
  });

  it('gives racing tabs one and the same new token', async () => {
    const { refreshToken } = await auth.signUp();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => steps.refreshed(refreshToken)));
    assert.equal(new Set(tokens).size, 1);
    assert.notEqual(tokens[0], refreshToken);
    assert.deepEqual(await steps.stateOf(refreshToken), { counter: 1, reason: null });
  });

  it('gives tabs of two processes one and the same new token', async (t) => {
    const other = await openAuth(database);
    t.after(() => other.close());
    const { refreshToken } = await auth.signUp();
    const responses = await Promise.all(
      [auth, other, auth, other].map((process) => process.post('/refresh', { refreshToken })),
    );
    assert.deepEqual(
      responses.map((response) => response.statusCode),
      [200, 200, 200, 200],
    );
    assert.equal(new Set(responses.map((response) => response.json().refreshToken)).size, 1);
  });

  it('waits for a refresh under way and decides by what that one left', async () => {
    const { refreshToken } = await auth.signUp();
    const sessionId = sessionIdOf(refreshToken);
    const waiting = await database.admin.transaction().execute(async (other) => {
      await sql`select from auth.session where id = ${sessionId} for update`.execute(other);
      const answer = steps.refresh(refreshToken);
      await auth.eventually(async () => {
        const waiters = await database.query(`select from pg_stat_activity where wait_event_type = 'Lock'`);
        return waiters.length > 0;
      });
      await sql`update auth.session set counter = 2, rotated_at = now() where id = ${sessionId}`.execute(
        other,
      );
      return { answer };
    });
    assert.equal((await waiting.answer).statusCode, 200);
    assert.deepEqual(await steps.stateOf(refreshToken), { counter: 2, reason: null });
  });

  it('repeats the current token for a request that was overtaken twice, within 30 seconds', async () => {
    const { refreshToken: first } = await auth.signUp();
    const third = await steps.refreshed(await steps.refreshed(first));
    await steps.age(first, 'rotated_at', '25 seconds');
    assert.equal(await steps.refreshed(first), third);
    assert.deepEqual(await steps.stateOf(first), { counter: 2, reason: null });
  });

  it('ends the session for a token two behind after 30 seconds', async () => {
    const { refreshToken: first, token } = await auth.signUp();
    const third = await steps.refreshed(await steps.refreshed(first));
    await steps.age(first, 'rotated_at', '31 seconds');
    await steps.assertEnded(first);
    await steps.assertEnded(third);
    assert.deepEqual(await steps.stateOf(first), { counter: 2, reason: 'reused' });
    assert.equal((await auth.me(token)).statusCode, 401);
  });

  it('ends the session for an older token at once', async () => {
    const { refreshToken: first } = await auth.signUp();
    const fourth = await steps.refreshed(await steps.refreshed(await steps.refreshed(first)));
    await steps.assertEnded(first);
    await steps.assertEnded(fourth);
  });

  it('ends a session that was idle for 30 days', async () => {
    const { refreshToken } = await auth.signUp();
    await steps.age(refreshToken, 'rotated_at', '30 days');
    await steps.assertEnded(refreshToken);
    assert.equal((await steps.stateOf(refreshToken))?.reason, 'expired');
  });

  it('keeps a session that was idle for almost 30 days', async () => {
    const { refreshToken } = await auth.signUp();
    await steps.age(refreshToken, 'rotated_at', '29 days 23 hours');
    assert.equal((await steps.refresh(refreshToken)).statusCode, 200);
  });

  it('ends a session after 180 days however busy it is', async () => {
    const { refreshToken } = await auth.signUp();
    await steps.age(refreshToken, 'created_at', '180 days');
    await steps.assertEnded(refreshToken);
  });

  it('ends one session and leaves the owner’s others alone', async () => {
    const { email, password, refreshToken: phone } = await auth.signUp();
    const laptop = (await auth.post('/login', { email, password })).json().refreshToken;
    await auth.post('/logout', { refreshToken: phone });
    await steps.assertEnded(phone);
    assert.equal((await steps.refresh(laptop)).statusCode, 200);
  });

  it('refuses a token that nobody was given, and ends nothing for it', async () => {
    const { refreshToken } = await auth.signUp();
    const sessionId = sessionIdOf(refreshToken);
    const forged = makeToken({ sessionId, counter: 0 }, createSessionKey());
    for (const token of [forged, 'not a token']) {
      const response = await steps.refresh(token);
      assert.equal(response.statusCode, 401);
      assert.equal(response.json().code, 'auth.refresh_token_invalid');
    }
    await steps.assertEnded(makeToken({ sessionId: crypto.randomUUID(), counter: 0 }, createSessionKey()));
    assert.equal((await steps.refresh(refreshToken)).statusCode, 200);
  });

  it('does not mind an expired access token in the header', async () => {
    const { refreshToken } = await auth.signUp();
    const response = await auth.post('/refresh', { refreshToken }, undefined, 'expired.access.token');
    assert.equal(response.statusCode, 200);
  });

  it('refuses a body without a token', async () => {
    const response = await auth.post('/refresh', {});
    assert.equal(response.statusCode, 400);
    assert.equal(response.json().code, 'input.invalid');
  });
});
