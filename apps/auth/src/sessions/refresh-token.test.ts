import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createSessionKey,
  isGenuine,
  parseRefreshToken,
  refreshToken,
  REFRESH_TOKEN_LENGTH,
  type RefreshTokenClaim,
} from './refresh-token.ts';

const sessionId = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const key = createSessionKey();
const token = refreshToken({ sessionId, counter: 70_000 }, key);

function claimOf(text: string): RefreshTokenClaim {
  const claim = parseRefreshToken(text);
  assert.ok(claim);
  return claim;
}

describe('refresh token', () => {
  it('carries the session and its counter', () => {
    const claim = claimOf(token);
    assert.equal(claim.sessionId, sessionId);
    assert.equal(claim.counter, 70_000);
    assert.equal(isGenuine(claim, key), true);
  });

  it('is the same for the same session, counter and key', () => {
    assert.equal(refreshToken({ sessionId, counter: 70_000 }, key), token);
    assert.equal(token.length, REFRESH_TOKEN_LENGTH);
  });

  it('is not genuine under the key of another session', () => {
    assert.equal(isGenuine(claimOf(token), createSessionKey()), false);
  });

  it('is not genuine after any byte of it was changed', () => {
    const bytes = Buffer.from(token, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.equal(isGenuine(claimOf(changed.toString('base64url')), key), false, `byte ${index}`);
    }
  });

  it('is refused when it is shorter, longer or spelt otherwise', () => {
    for (const text of [
      '',
      'x',
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.replace(/.$/, '!'),
    ]) {
      assert.equal(parseRefreshToken(text), undefined, text);
    }
  });
});
