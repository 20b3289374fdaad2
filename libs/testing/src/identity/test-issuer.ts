import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';

const NAME = 'ganitagya';
const KEYS_PATH = '/api/auth/.well-known/jwks.json';

/** Whom a token names. */
export type AccessTokenClaims = {
  readonly userId: string;
  readonly role: 'student' | 'teacher' | 'admin';
  readonly sessionId?: string;
};

/** What may differ from a good token. A negative `expiresInS` gives one that has expired. */
export type SignOptions = {
  readonly expiresInS?: number;
  readonly issuer?: string;
  readonly audience?: string;
};

/** The issuer's keys over HTTP. `requests` counts how often they were asked for. */
export type JwksServer = { readonly url: string; readonly requests: number; close(): Promise<void> };

/** Signs the access tokens that the auth service would. */
export type TestIssuer = {
  readonly issuer: string;
  readonly audience: string;
  /** The public keys that are accepted now. */
  readonly jwks: JSONWebKeySet;
  sign(claims: AccessTokenClaims, options?: SignOptions): Promise<string>;
  /** Signs with a new key from now on; the old one stays published. */
  rotate(): Promise<void>;
  serve(): Promise<JwksServer>;
};

type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: JWK };

/** Makes an issuer with a fresh Ed25519 key. */
export async function createTestIssuer(): Promise<TestIssuer> {
  const keys: SigningKey[] = [];
  const rotate = async () => {
    keys.unshift(await createKey());
  };
  await rotate();
  const published = (): JSONWebKeySet => ({ keys: keys.map(({ publicJwk }) => publicJwk) });

  return {
    issuer: NAME,
    audience: NAME,
    get jwks() {
      return published();
    },
    sign: async ({ userId, role, sessionId }, { expiresInS = 600, issuer = NAME, audience = NAME } = {}) => {
      const [key] = keys;
      if (!key) throw new Error('the issuer has no key');
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ role, sid: sessionId ?? randomUUID() })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresInS)
        .sign(key.privateKey);
    },
    rotate,
    serve: () => serveKeys(published),
  };
}

async function createKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const kid = randomUUID();
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } };
}

async function serveKeys(published: () => JSONWebKeySet): Promise<JwksServer> {
  let requests = 0;
  const server = createServer((req, res) => {
    if (req.url !== KEYS_PATH) {
      res.writeHead(404).end();
      return;
    }
    requests += 1;
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${KEYS_PATH}`,
    get requests() {
      return requests;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
