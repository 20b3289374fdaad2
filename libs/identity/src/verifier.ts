import type { Principal, Role } from '@ganitagya/service';
import { jwtVerify, type JWTPayload } from 'jose';
import { keysFrom, PublishedKeys, type FetchKeys } from './published-keys.ts';

/** Where the keys come from (`jwksUrl`, or `keys` inside auth itself), and what a token must say. */
export interface VerifierOptions {
  readonly jwksUrl?: string;
  readonly keys?: FetchKeys;
  readonly issuer?: string;
  readonly audience?: string;
}

/** Verifies access tokens. */
export interface Verifier {
  /** The principal of a valid token; throws jose's errors for others and `KeysUnavailableError` without keys. */
  verify(token: string): Promise<Principal>;
  /** Fetches the keys ahead of the first token, again and again until it has them. Never rejects. */
  prefetch(signal: AbortSignal): Promise<void>;
}

const ISSUER = 'ganitagya';
const TOKENS_MAX = 10_000;
const ROLES: readonly string[] = ['student', 'teacher', 'admin'] satisfies readonly Role[];

/** A verifier of EdDSA access tokens (RFC 9068 type `at+jwt`). A token's verdict is remembered until it expires. */
export function createVerifier(options: VerifierOptions): Verifier {
  const fetchKeys = options.keys ?? (options.jwksUrl === undefined ? undefined : keysFrom(options.jwksUrl));
  if (fetchKeys === undefined) throw new TypeError('createVerifier needs jwksUrl or keys.');
  const keys = new PublishedKeys(fetchKeys);
  const verified = new Map<string, Principal>();

  return {
    prefetch: (signal) => keys.prefetch(signal),
    async verify(token) {
      const known = verified.get(token);
      if (known !== undefined && known.expiresAt > Date.now()) return known;
      verified.delete(token);
      const { payload } = await jwtVerify(token, keys.resolve, {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: options.issuer ?? ISSUER,
        audience: options.audience ?? ISSUER,
        requiredClaims: ['sub', 'sid', 'role', 'exp'],
      });
      const principal = toPrincipal(payload);
      if (verified.size >= TOKENS_MAX) forgetOldest(verified);
      verified.set(token, principal);
      return principal;
    },
  };
}

function toPrincipal({ sub, sid, role, exp }: JWTPayload): Principal {
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number' || !isRole(role)) {
    throw new TypeError('The token does not name a principal.');
  }
  return { userId: sub, sessionId: sid, role, expiresAt: exp * 1000 };
}

function isRole(role: unknown): role is Role {
  return typeof role === 'string' && ROLES.includes(role);
}

function forgetOldest(tokens: Map<string, Principal>): void {
  const oldest = tokens.keys().next();
  if (oldest.done === false) tokens.delete(oldest.value);
}
