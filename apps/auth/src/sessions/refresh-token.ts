import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a refresh token says: which session, and how often that session had been refreshed when the token was made. */
export interface RefreshTokenContent {
  readonly sessionId: string;
  readonly counter: number;
}

/** A token as received: its content is only true once `isGenuine` has checked it with the session's own key. */
export interface RefreshTokenClaim extends RefreshTokenContent {
  readonly signature: Buffer;
}

const SESSION_ID_BYTES = 16;
const CONTENT_BYTES = SESSION_ID_BYTES + 4;
const SIGNATURE_BYTES = 32;
const TOKEN_BYTES = CONTENT_BYTES + SIGNATURE_BYTES;

/** Length of every refresh token, in characters. */
export const REFRESH_TOKEN_LENGTH = Math.ceil((TOKEN_BYTES * 4) / 3);

/** A fresh HMAC key for one session. */
export function createSessionKey(): Buffer {
  return randomBytes(32);
}

/** The same session, counter and key always give the same token, so racing refreshes get the same answer. */
export function refreshToken(content: RefreshTokenContent, key: Buffer): string {
  const bytes = contentBytes(content);
  return Buffer.concat([bytes, signature(bytes, key)]).toString('base64url');
}

/** The claim of a token, or undefined when the text cannot be one of ours. */
export function parseRefreshToken(token: string): RefreshTokenClaim | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // Buffer skips characters that are not base64url: only the canonical spelling of a token is one.
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined;
  const hex = bytes.toString('hex', 0, SESSION_ID_BYTES);
  return {
    sessionId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    counter: bytes.readUInt32BE(SESSION_ID_BYTES),
    signature: bytes.subarray(CONTENT_BYTES),
  };
}

/** Was this token made with the session's key? Takes the same time whatever the answer. */
export function isGenuine(claim: RefreshTokenClaim, key: Buffer): boolean {
  return timingSafeEqual(claim.signature, signature(contentBytes(claim), key));
}

function contentBytes({ sessionId, counter }: RefreshTokenContent): Buffer {
  const bytes = Buffer.alloc(CONTENT_BYTES);
  bytes.write(sessionId.replaceAll('-', ''), 'hex');
  bytes.writeUInt32BE(counter, SESSION_ID_BYTES);
  return bytes;
}

function signature(bytes: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}
