import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenTrust } from './token-trust.ts';

test('trust comes back after a minute, and was never taken from others', () => {
  let nowMs = 0;
  const trust = new TokenTrust(() => nowMs);
  assert.ok(trust.isGiven(5));
  trust.withdraw(5);
  assert.ok(!trust.isGiven(5));
  assert.ok(trust.isGiven(6));
  nowMs = 59_999;
  assert.ok(!trust.isGiven(5));
  nowMs = 60_000;
  assert.ok(trust.isGiven(5));
});
