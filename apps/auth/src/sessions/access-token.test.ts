import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVerifier } from '@ganitagya/identity';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { accessTokenLifetimeS, signAccessToken } from './access-token.ts';

const subject = { userId: 'user-1', sessionId: 'session-1', role: 'teacher' } as const;
const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
const signed = await signAccessToken({ kid: 'key-1', privateKey }, subject);

describe('signAccessToken', () => {
  it('names its type, its key, and whom it is from, for and about', () => {
    assert.deepEqual(decodeProtectedHeader(signed.token), { alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' });
    const { iat = 0, exp, ...claims } = decodeJwt(signed.token);
    assert.deepEqual(claims, {
      sid: 'session-1',
      role: 'teacher',
      iss: 'ganitagya',
      aud: 'ganitagya',
      sub: 'user-1',
    });
    assert.equal(exp, iat + signed.expiresInS);
    assert.equal(signed.expiresAt, (iat + signed.expiresInS) * 1_000);
  });

  it('is taken by the verifier of every service', async () => {
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'EdDSA', use: 'sig' }];
    const principal = await createVerifier({ keys: async () => ({ keys }) }).verify(signed.token);
    assert.deepEqual(principal, { ...subject, expiresAt: signed.expiresAt });
  });
});

describe('accessTokenLifetimeS', () => {
  it('is ten minutes, give or take 5 %', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((random) => accessTokenLifetimeS(() => random)),
      [570, 600, 630],
    );
  });

  it('differs from token to token', () => {
    assert.ok(new Set(Array.from({ length: 50 }, () => accessTokenLifetimeS())).size > 10);
  });
});
