import type { Role } from '@ganitagya/service';
import { SignJWT, type CryptoKey } from 'jose';

/** `iss` of every access token. */
export const TOKEN_ISSUER = 'ganitagya';
/** `aud` of every access token. */
export const TOKEN_AUDIENCE = 'ganitagya';

const LIFETIME_S = 600;
const LIFETIME_SPREAD = 0.05;

/** Whom a token is for. */
export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
}

/** A signed token, the seconds it lives, and the milliseconds since 1970 at which that ends. */
export interface AccessToken {
  readonly token: string;
  readonly expiresInS: number;
  readonly expiresAt: number;
}

/** The private key to sign with and the id it is published under. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** Ten minutes, give or take 5 %, so that a class that signed in at the bell does not come back all at once. */
export function accessTokenLifetimeS(random: () => number = Math.random): number {
  return Math.round(LIFETIME_S * (1 + LIFETIME_SPREAD * (2 * random() - 1)));
}

/** An EdDSA access token (RFC 9068). */
export async function signAccessToken(
  key: SigningKey,
  subject: AccessTokenSubject,
  expiresInS: number = accessTokenLifetimeS(),
): Promise<AccessToken> {
  const issuedAt = Math.floor(Date.now() / 1_000);
  const expiresAtS = issuedAt + expiresInS;
  const token = await new SignJWT({ sid: subject.sessionId, role: subject.role })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(subject.userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAtS)
    .sign(key.privateKey);
  return { token, expiresInS, expiresAt: expiresAtS * 1_000 };
}
