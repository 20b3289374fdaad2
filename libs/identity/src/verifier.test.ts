import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createTestIssuer } from '@ganitagya/testing';
import { errors, generateKeyPair, SignJWT, type JSONWebKeySet } from 'jose';
import { KeysUnavailableError, PublishedKeys } from './published-keys.ts';
import { createVerifier } from './verifier.ts';

const claims = { userId: 'u1', sessionId: 's1', role: 'teacher' } as const;

describe('createVerifier', () => {
  test('names the principal of a token signed by a published key', async () => {
    const issuer = await createTestIssuer();
    const verifier = createVerifier({ keys: async () => issuer.jwks });
    const { expiresAt, ...principal } = await verifier.verify(await issuer.sign(claims, { expiresInS: 600 }));
    assert.deepEqual(principal, claims);
    assert.ok(expiresAt > Date.now() + 500_000);
  });

  test('refuses expired, foreign, wrongly typed and wrongly addressed tokens', async () => {
    const issuer = await createTestIssuer();
    const stranger = await createTestIssuer();
    const verifier = createVerifier({ keys: async () => issuer.jwks });
    const { privateKey } = await generateKeyPair('EdDSA');
    const handMade = new SignJWT({ sid: 's', role: 'admin' }).setSubject('u').setExpirationTime('5m');
    const tokens = {
      expired: await issuer.sign(claims, { expiresInS: -1 }),
      foreign: await stranger.sign(claims),
      unsigned: `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.e30.`,
      wrongKey: await handMade
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: String(issuer.jwks.keys[0]?.kid) })
        .setIssuer('ganitagya')
        .setAudience('ganitagya')
        .sign(privateKey),
    };
    for (const [kind, token] of Object.entries(tokens)) {
      await assert.rejects(verifier.verify(token), Error, kind);
    }
    const elsewhere = createVerifier({ keys: async () => issuer.jwks, audience: 'elsewhere' });
    await assert.rejects(elsewhere.verify(await issuer.sign(claims)), /aud/);
  });

  test('goes on verifying while auth is down, and fails as unavailable only before it ever had keys', async () => {
    const issuer = await createTestIssuer();
    let isDown = false;
    const keys = async (): Promise<JSONWebKeySet> => {
      if (isDown) throw new Error('auth is down');
      return issuer.jwks;
    };
    const verifier = createVerifier({ keys });
    await verifier.verify(await issuer.sign(claims));
    isDown = true;
    assert.equal((await verifier.verify(await issuer.sign({ ...claims, userId: 'u2' }))).userId, 'u2');
    await assert.rejects(createVerifier({ keys }).verify(await issuer.sign(claims)), KeysUnavailableError);
  });
});

describe('prefetch', () => {
  test('goes on until auth is there, so that tokens work when auth is down before the first of them', async () => {
    const issuer = await createTestIssuer();
    let calls = 0;
    const keys = async (): Promise<JSONWebKeySet> => {
      calls += 1;
      if (calls !== 2) throw new Error('auth is down');
      return issuer.jwks;
    };
    const verifier = createVerifier({ keys });
    await verifier.prefetch(new AbortController().signal);
    assert.equal(calls, 2);
    assert.equal((await verifier.verify(await issuer.sign(claims))).userId, 'u1');
    assert.equal(calls, 2);
  });

  test('ends when it is told to', async () => {
    const abort = new AbortController();
    const verifier = createVerifier({ keys: async () => Promise.reject(new Error('auth is down')) });
    const prefetched = verifier.prefetch(abort.signal);
    abort.abort();
    await prefetched;
  });
});

describe('PublishedKeys', () => {
  test('fetches once for many callers, again for an unknown key, but not for each of a flood of them', async () => {
    const issuer = await createTestIssuer();
    let fetches = 0;
    let nowMs = 0;
    const keys = new PublishedKeys(
      async () => {
        fetches += 1;
        return structuredClone(issuer.jwks);
      },
      () => nowMs,
    );
    const header = (kid: string) => ({ alg: 'EdDSA', kid });
    const ask = async (kid: string) => keys.resolve(header(kid), {} as never);
    const known = String(issuer.jwks.keys[0]?.kid);
    await Promise.all(Array.from({ length: 50 }, () => ask(known)));
    assert.equal(fetches, 1);

    nowMs += 20_000;
    await issuer.rotate();
    const rotated = issuer.jwks.keys.map((key) => String(key.kid)).find((kid) => kid !== known);
    await ask(String(rotated));
    assert.equal(fetches, 2);
    for (let i = 0; i < 100; i += 1) await assert.rejects(ask(`made-up-${i}`));
    assert.equal(fetches, 2);
  });

  test('everybody who names a new key waits for the one fetch of it', async () => {
    const issuer = await createTestIssuer();
    let nowMs = 0;
    const keys = new PublishedKeys(
      async () => {
        await setImmediate();
        return structuredClone(issuer.jwks);
      },
      () => nowMs,
    );
    const ask = async (kid: string) => keys.resolve({ alg: 'EdDSA', kid }, {} as never);
    const known = String(issuer.jwks.keys[0]?.kid);
    await ask(known);
    nowMs += 20_000;
    await issuer.rotate();
    const rotated = issuer.jwks.keys.map((key) => String(key.kid)).find((kid) => kid !== known);
    await Promise.all(Array.from({ length: 5 }, () => ask(String(rotated))));
  });

  test('an answer that is no key set counts as none: unavailable before the first keys, passed over later', async () => {
    const issuer = await createTestIssuer();
    const good: unknown = issuer.jwks;
    let published: unknown = { message: 'a page of somebody else' };
    let nowMs = 0;
    const keys = new PublishedKeys(
      async () => published as JSONWebKeySet,
      () => nowMs,
    );
    const ask = async (kid: unknown) => keys.resolve({ alg: 'EdDSA', kid: String(kid) }, {} as never);
    await assert.rejects(ask('any'), KeysUnavailableError);
    published = good;
    const kid = issuer.jwks.keys[0]?.kid;
    await ask(kid);
    published = { message: 'a page of somebody else' };
    nowMs += 20_000;
    await assert.rejects(ask('made-up'), KeysUnavailableError);
    await ask(kid);
  });

  test('a key that is new while auth is down is unavailable, not wrong, until auth is back', async () => {
    const issuer = await createTestIssuer();
    let [isDown, nowMs, fetches] = [false, 0, 0];
    const keys = new PublishedKeys(
      async () => {
        fetches += 1;
        if (isDown) throw new Error('auth is down');
        return structuredClone(issuer.jwks);
      },
      () => nowMs,
    );
    const ask = async (kid: string) => keys.resolve({ alg: 'EdDSA', kid }, {} as never);
    const known = String(issuer.jwks.keys[0]?.kid);
    await ask(known);
    await issuer.rotate();
    const rotated = issuer.jwks.keys.map((key) => String(key.kid)).find((kid) => kid !== known) ?? '';
    isDown = true;
    nowMs += 20_000;
    for (let i = 0; i < 100; i += 1) await assert.rejects(ask(rotated), KeysUnavailableError);
    await ask(known);
    assert.equal(fetches, 2, 'a flood asks once');
    isDown = false;
    nowMs += 1_001;
    await assert.rejects(ask(rotated), KeysUnavailableError);
    await setImmediate();
    await ask(rotated);
    await assert.rejects(ask('made-up'), errors.JWKSNoMatchingKey);
    assert.equal(fetches, 3);
  });

  test('a key endpoint that never answers costs two seconds once', async (t) => {
    const waits: unknown[] = [];
    const server = createServer(({ headers }) => void waits.push(headers['x-request-timeout-ms']));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const issuer = await createTestIssuer();
    const verifier = createVerifier({ jwksUrl: `http://127.0.0.1:${port}/` });
    const startedAt = performance.now();
    const token = await issuer.sign(claims);
    await Promise.all(
      Array.from({ length: 20 }, () => assert.rejects(verifier.verify(token), KeysUnavailableError)),
    );
    assert.ok(performance.now() - startedAt < 6_000);
    assert.deepEqual(waits, ['1980'], 'it knows how long is waited');
  });
});
