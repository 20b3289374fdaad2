/** What a token says of itself; nobody has looked at its signature. */
export interface UnverifiedClaims {
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const BEARER_PAYLOAD = /^Bearer +[\w-]+\.([\w-]+)\.[\w-]+$/iu;
const LENGTH_MAX = 4_096;

/** Reads the payload of a bearer JWT; undefined for what cannot be one. */
export function readClaims(authorization: string | undefined): UnverifiedClaims | undefined {
  if (authorization === undefined || authorization.length > LENGTH_MAX) return undefined;
  const payload = BEARER_PAYLOAD.exec(authorization)?.[1];
  const claims = payload === undefined ? undefined : parse(Buffer.from(payload, 'base64url').toString());
  if (typeof claims !== 'object' || claims === null || !('sub' in claims) || !('exp' in claims))
    return undefined;
  const { sub, exp } = claims;
  if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') return undefined;
  return { userId: sub, expiresAt: exp * 1_000 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever verifies the token answers this with a 401.
    return undefined;
  }
}
