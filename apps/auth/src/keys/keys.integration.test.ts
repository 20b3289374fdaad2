import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createVerifier } from '@ganitagya/identity';
import { decodeProtectedHeader } from 'jose';
import type { AuthSchema, Executor } from '../schema.ts';
import { signAccessToken } from '../sessions/access-token.ts';
import {
  KEY_SECRET,
  openAuth,
  startAuthDatabase,
  type AuthDatabase,
  type TestAuth,
} from '../testing/test-auth.ts';
import { KeyCipher } from './key-cipher.ts';
import { KEY_TIMES } from './key-schedule.ts';
import { KeyStore } from './key-store.ts';

const { announcementMs, retirementMs, rotationAgeMs } = KEY_TIMES;
const subject = { userId: 'user-1', sessionId: 'session-1', role: 'student' } as const;

let database: AuthDatabase;
let auth: TestAuth;
let executor: Executor;
before(async () => {
  database = await startAuthDatabase();
  auth = await openAuth(database);
  executor = auth.platform.database<AuthSchema>();
});
after(async () => {
  await auth.close();
  await database.stop();
});

/** A store on a clock that can be moved. */
async function storeAt(startMs: number) {
  const clock = { ms: startMs };
  const options = {
    database: executor,
    cipher: new KeyCipher(KEY_SECRET),
    onReloadError: (error: unknown) => assert.fail(String(error)),
    now: () => clock.ms,
  };
  return { clock, options, store: await KeyStore.open(options) };
}

describe('GET /api/auth/.well-known/jwks.json', () => {
  it('publishes public keys only, to everybody, for five minutes', async () => {
    const response = await auth.get('/.well-known/jwks.json');
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['cache-control'], 'public, max-age=300, s-maxage=300');
    const { keys } = response.json();
    assert.equal(keys.length, 1);
    assert.deepEqual(Object.keys(keys[0] ?? {}).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('has the key that tokens are signed with', async () => {
    const { token } = await auth.signUp();
    const { keys } = (await auth.get('/.well-known/jwks.json')).json();
    assert.equal(decodeProtectedHeader(token).kid, keys[0]?.kid);
    const principal = await createVerifier({ keys: async () => ({ keys }) }).verify(token);
    assert.equal(principal.role, 'student');
  });
});

describe('signing keys', () => {
  it('are made once by processes that start together', async (t) => {
    const fresh = await startAuthDatabase();
    t.after(() => fresh.stop());
    const processes = await Promise.all([openAuth(fresh), openAuth(fresh), openAuth(fresh)]);
    for (const process of processes) t.after(() => process.close());
    const [row] = await fresh.query<{ count: number }>('select count(*)::int as count from auth.signing_key');
    assert.equal(row?.count, 1);
    const { token } = await processes[0].signUp();
    assert.equal((await processes[2].me(token)).statusCode, 200);
  });

  it('are never stored in clear', async () => {
    const rows = await database.query<{ row: string; encrypted: Buffer }>(
      'select signing_key::text as row, private_jwk_encrypted as encrypted from auth.signing_key',
    );
    for (const { row, encrypted } of rows) {
      assert.doesNotMatch(row, /"d":/);
      assert.equal(encrypted.includes('"d":'), false);
    }
  });

  it('do not open with another secret: the service does not start, and says why', async () => {
    await assert.rejects(
      openAuth(database, { KEY_ENCRYPTION_SECRET: 'x'.repeat(40) }),
      /KEY_ENCRYPTION_SECRET is not the one it was stored with/,
    );
  });

  it('rotate with overlap: announced, then signing, then alone', async () => {
    const startMs = Date.now();
    const { clock, store } = await storeAt(startMs);
    const verifies = async (token: string) => {
      await createVerifier({ keys: () => store.published() }).verify(token);
    };
    const before = await store.signingKey();
    const { token: oldToken } = await signAccessToken(before, subject);
    await store.rotate();

    const published = async () => (await store.published()).keys.map((key) => key.kid);
    assert.equal((await published()).length, 2);
    assert.equal((await store.signingKey()).kid, before.kid);

    clock.ms = startMs + announcementMs;
    const next = await store.signingKey();
    assert.notEqual(next.kid, before.kid);
    assert.deepEqual((await published()).toSorted(), [before.kid, next.kid].toSorted());
    await verifies(oldToken);
    await verifies((await signAccessToken(next, subject)).token);

    clock.ms = startMs + announcementMs + retirementMs;
    assert.deepEqual(await published(), [next.kid]);
    await assert.rejects(verifies(oldToken));
  });

  it('rotate by themselves when a process starts with a key of 30 days', async () => {
    const count = async () =>
      (await database.query<{ count: number }>('select count(*)::int as count from auth.signing_key'))[0]
        ?.count;
    const nowMs = Date.now();
    const known = (await storeAt(nowMs)).store;
    const countBefore = await count();
    await storeAt(nowMs + rotationAgeMs - 60_000);
    assert.equal(await count(), countBefore);
    const { store } = await storeAt(nowMs + rotationAgeMs + announcementMs);
    const kids = (await store.published()).keys.map((key) => key.kid);
    assert.equal(kids.length, 2);
    assert.ok(kids.includes((await store.signingKey()).kid));
    assert.equal(
      (await known.published()).keys.some((key) => kids.includes(key.kid)),
      true,
    );
  });

  it('reach processes that were running before the rotation', async () => {
    const { clock, store, options } = await storeAt(Date.now());
    const before = (await store.published()).keys.length;
    const other = await KeyStore.open(options);
    await other.rotate();
    clock.ms += 60_000;
    await auth.eventually(async () => (await store.published()).keys.length === before + 1);
  });
});
