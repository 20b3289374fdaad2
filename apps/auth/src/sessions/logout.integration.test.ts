import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AuthSchema } from '../schema.ts';
import { SessionSteps } from '../testing/session-steps.ts';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';
import { purgeSessions } from './session-purge.ts';

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

describe('POST /api/auth/logout', () => {
  it('ends the session of the access token, once or again', async () => {
    const { token, refreshToken } = await auth.signUp();
    for (const time of ['once', 'again']) {
      const response = await auth.post('/logout', undefined, undefined, token);
      assert.equal(response.statusCode, 204, time);
      assert.equal(response.body, '');
    }
    await steps.assertEnded(refreshToken);
    assert.equal((await steps.stateOf(refreshToken))?.reason, 'logout');
  });

  it('ends the session of a refresh token, even an old one beside an expired access token', async () => {
    const { refreshToken } = await auth.signUp();
    const current = await steps.refreshed(await steps.refreshed(refreshToken));
    const response = await auth.post('/logout', { refreshToken }, undefined, 'expired.access.token');
    assert.equal(response.statusCode, 204);
    await steps.assertEnded(current);
  });

  it('refuses a request without any token', async () => {
    for (const body of [undefined, {}]) {
      const response = await auth.post('/logout', body);
      assert.equal(response.statusCode, 401);
      assert.equal(response.json().code, 'auth.token_missing');
    }
  });

  it('refuses tokens that are not ours', async () => {
    const access = await auth.post('/logout', undefined, undefined, 'a.b.c');
    assert.equal(access.statusCode, 401);
    assert.equal(access.json().code, 'auth.token_invalid');
    const other = await auth.post('/logout', { refreshToken: 'x' });
    assert.equal(other.json().code, 'auth.refresh_token_invalid');
  });

  it('refuses a malformed body', async () => {
    const response = await auth.post('/logout', { refreshToken: '' });
    assert.equal(response.statusCode, 400);
    assert.equal(response.json().code, 'input.invalid');
  });
});

describe('purgeSessions', () => {
  it('deletes what is over, and nothing that can still be refreshed', async () => {
    const live = await auth.signUp();
    const over = [await auth.signUp(), await auth.signUp(), await auth.signUp()] as const;
    await steps.age(over[0].refreshToken, 'rotated_at', '31 days');
    await steps.age(over[1].refreshToken, 'created_at', '181 days');
    await auth.post('/logout', { refreshToken: over[2].refreshToken });
    await database.query(
      `update auth.session set ended_at = ended_at - interval '2 days' where ended_at is not null`,
    );
    assert.ok((await purgeSessions(auth.platform.database<AuthSchema>(), 1)) >= 3);
    for (const { refreshToken } of over) {
      assert.equal(await steps.stateOf(refreshToken), undefined);
      await steps.assertEnded(refreshToken);
      assert.equal((await auth.post('/logout', { refreshToken })).statusCode, 204);
    }
    assert.equal((await steps.refresh(live.refreshToken)).statusCode, 200);
  });
});
