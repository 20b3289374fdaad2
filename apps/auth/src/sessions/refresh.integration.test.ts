import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import type { AuthSchema } from '../schema.ts';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';
import { createSessionKey, parseRefreshToken, refreshToken as makeToken } from './refresh-token.ts';
import { purgeSessions } from './session-purge.ts';

let database: AuthDatabase;
let auth: TestAuth;
before(async () => {
  database = await startAuthDatabase();
  auth = await openAuth(database);
});
after(async () => {
  await auth.close();
  await database.stop();
});

const refresh = (refreshToken: string) => auth.post('/refresh', { refreshToken });

async function refreshed(refreshToken: string): Promise<string> {
  const response = await refresh(refreshToken);
  assert.equal(response.statusCode, 200, response.body);
  return response.json().refreshToken;
}

async function assertEnded(refreshToken: string): Promise<void> {
  const response = await refresh(refreshToken);
  assert.equal(response.statusCode, 401);
  assert.equal(response.json().code, 'auth.session_ended');
}

function sessionIdOf(refreshToken: string): string {
  const claim = parseRefreshToken(refreshToken);
  assert.ok(claim);
  return claim.sessionId;
}

/** Moves a session's clock back, as if that much time had gone by. */
async function age(
  refreshToken: string,
  column: 'rotated_at' | 'created_at',
  interval: string,
): Promise<void> {
  await database.query(`update auth.session set ${column} = ${column} - $1::interval where id = $2`, [
    interval,
    sessionIdOf(refreshToken),
  ]);
}

async function stateOf(
  refreshToken: string,
): Promise<{ counter: number; reason: string | null } | undefined> {
  const [row] = await database.query<{ counter: number; reason: string | null }>(
    'select counter, end_reason as reason from auth.session where id = $1',
    [sessionIdOf(refreshToken)],
  );
  return row;
}

describe('POST /api/auth/refresh', () => {
  it('exchanges the current token for new ones', async () => {
    const { refreshToken, user } = await auth.signUp();
    const response = await refresh(refreshToken);
    assert.equal(response.statusCode, 200);
    const body = response.json();
    assert.notEqual(body.refreshToken, refreshToken);
    assert.deepEqual(body.user, user);
    assert.deepEqual((await auth.me(body.token)).json(), user);
    assert.deepEqual(await stateOf(refreshToken), { counter: 1, reason: null });
  });

  it('gives the role that the account has now', async () => {
    const { refreshToken, user } = await auth.signUp();
    await database.query(`update auth.account set role = 'teacher' where id = $1`, [user.id]);
    const body = (await refresh(refreshToken)).json();
    assert.equal(body.user.role, 'teacher');
    assert.equal(decodeJwt(body.token)['role'], 'teacher');
  });

  it('repeats the current token to a client that never stored the reply, however late', async () => {
    const { refreshToken: first } = await auth.signUp();
    const second = await refreshed(first);
    await age(first, 'rotated_at', '2 days');
    assert.equal(await refreshed(first), second);
    assert.equal(await refreshed(first), second);
    assert.deepEqual(await stateOf(first), { counter: 1, reason: null });
    assert.notEqual(await refreshed(second), second);
  });

  it('gives racing tabs one and the same new token', async () => {
    const { refreshToken } = await auth.signUp();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => refreshed(refreshToken)));
    assert.equal(new Set(tokens).size, 1);
    assert.notEqual(tokens[0], refreshToken);
    assert.deepEqual(await stateOf(refreshToken), { counter: 1, reason: null });
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
      const answer = refresh(refreshToken);
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
    assert.deepEqual(await stateOf(refreshToken), { counter: 2, reason: null });
  });

  it('repeats the current token for a request that was overtaken twice, within 30 seconds', async () => {
    const { refreshToken: first } = await auth.signUp();
    const third = await refreshed(await refreshed(first));
    await age(first, 'rotated_at', '25 seconds');
    assert.equal(await refreshed(first), third);
    assert.deepEqual(await stateOf(first), { counter: 2, reason: null });
  });

  it('ends the session for a token two behind after 30 seconds', async () => {
    const { refreshToken: first, token } = await auth.signUp();
    const third = await refreshed(await refreshed(first));
    await age(first, 'rotated_at', '31 seconds');
    await assertEnded(first);
    await assertEnded(third);
    assert.deepEqual(await stateOf(first), { counter: 2, reason: 'reused' });
    assert.equal((await auth.me(token)).statusCode, 401);
  });

  it('ends the session for an older token at once', async () => {
    const { refreshToken: first } = await auth.signUp();
    const fourth = await refreshed(await refreshed(await refreshed(first)));
    await assertEnded(first);
    await assertEnded(fourth);
  });

  it('ends a session that was idle for 30 days', async () => {
    const { refreshToken } = await auth.signUp();
    await age(refreshToken, 'rotated_at', '30 days');
    await assertEnded(refreshToken);
    assert.equal((await stateOf(refreshToken))?.reason, 'expired');
  });

  it('keeps a session that was idle for almost 30 days', async () => {
    const { refreshToken } = await auth.signUp();
    await age(refreshToken, 'rotated_at', '29 days 23 hours');
    assert.equal((await refresh(refreshToken)).statusCode, 200);
  });

  it('ends a session after 180 days however busy it is', async () => {
    const { refreshToken } = await auth.signUp();
    await age(refreshToken, 'created_at', '180 days');
    await assertEnded(refreshToken);
  });

  it('ends one session and leaves the owner’s others alone', async () => {
    const { email, password, refreshToken: phone } = await auth.signUp();
    const laptop = (await auth.post('/login', { email, password })).json().refreshToken;
    await auth.post('/logout', { refreshToken: phone });
    await assertEnded(phone);
    assert.equal((await refresh(laptop)).statusCode, 200);
  });

  it('refuses a token that nobody was given, and ends nothing for it', async () => {
    const { refreshToken } = await auth.signUp();
    const sessionId = sessionIdOf(refreshToken);
    const forged = makeToken({ sessionId, counter: 0 }, createSessionKey());
    for (const token of [forged, 'not a token']) {
      const response = await refresh(token);
      assert.equal(response.statusCode, 401);
      assert.equal(response.json().code, 'auth.refresh_token_invalid');
    }
    await assertEnded(makeToken({ sessionId: crypto.randomUUID(), counter: 0 }, createSessionKey()));
    assert.equal((await refresh(refreshToken)).statusCode, 200);
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

describe('POST /api/auth/logout', () => {
  it('ends the session of the access token, once or again', async () => {
    const { token, refreshToken } = await auth.signUp();
    for (const time of ['once', 'again']) {
      const response = await auth.post('/logout', undefined, undefined, token);
      assert.equal(response.statusCode, 204, time);
      assert.equal(response.body, '');
    }
    await assertEnded(refreshToken);
    assert.equal((await stateOf(refreshToken))?.reason, 'logout');
  });

  it('ends the session of a refresh token, even an old one beside an expired access token', async () => {
    const { refreshToken } = await auth.signUp();
    const current = await refreshed(await refreshed(refreshToken));
    const response = await auth.post('/logout', { refreshToken }, undefined, 'expired.access.token');
    assert.equal(response.statusCode, 204);
    await assertEnded(current);
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
    const refreshed = await auth.post('/logout', { refreshToken: 'x' });
    assert.equal(refreshed.json().code, 'auth.refresh_token_invalid');
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
    await age(over[0].refreshToken, 'rotated_at', '31 days');
    await age(over[1].refreshToken, 'created_at', '181 days');
    await auth.post('/logout', { refreshToken: over[2].refreshToken });
    await database.query(
      `update auth.session set ended_at = ended_at - interval '2 days' where ended_at is not null`,
    );
    assert.ok((await purgeSessions(auth.platform.database<AuthSchema>(), 1)) >= 3);
    for (const { refreshToken } of over) {
      assert.equal(await stateOf(refreshToken), undefined);
      await assertEnded(refreshToken);
      assert.equal((await auth.post('/logout', { refreshToken })).statusCode, 204);
    }
    assert.equal((await refresh(live.refreshToken)).statusCode, 200);
  });
});
