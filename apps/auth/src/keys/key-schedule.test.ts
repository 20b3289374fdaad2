import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isRotationDue,
  KEY_TIMES,
  publishedKeys,
  signingKey,
  signsFrom,
  type KeyTimes,
} from './key-schedule.ts';

const { announcementMs, retirementMs, rotationAgeMs } = KEY_TIMES;
const first: KeyTimes = { createdAtMs: 0, signsFromMs: 0 };
const rotatedAtMs = rotationAgeMs;
const second: KeyTimes = { createdAtMs: rotatedAtMs, signsFromMs: rotatedAtMs + announcementMs };
const keys = [second, first];

describe('key schedule', () => {
  it('signs with a first key at once', () => {
    assert.equal(signsFrom([], 500), 500);
    assert.equal(signingKey([first], 0), first);
  });

  it('announces a second key before it signs', () => {
    assert.equal(signsFrom([first], rotatedAtMs), second.signsFromMs);
    assert.equal(signingKey(keys, rotatedAtMs), first);
    assert.deepEqual(publishedKeys(keys, rotatedAtMs), keys);
  });

  it('changes over, and keeps publishing the old key while its tokens live', () => {
    assert.equal(signingKey(keys, second.signsFromMs), second);
    assert.deepEqual(publishedKeys(keys, second.signsFromMs + retirementMs - 1), keys);
  });

  it('stops publishing the old key when its last token has expired', () => {
    assert.deepEqual(publishedKeys(keys, second.signsFromMs + retirementMs), [second]);
  });

  it('never withdraws the key that signs when a rotation follows a rotation', () => {
    const third: KeyTimes = { createdAtMs: rotatedAtMs + 1, signsFromMs: rotatedAtMs + 1 + announcementMs };
    assert.deepEqual(publishedKeys([first, second, third], rotatedAtMs + 2), [first, second, third]);
  });

  it('is due without a key and when the newest is 30 days old', () => {
    assert.equal(isRotationDue([], 0), true);
    assert.equal(isRotationDue([first], rotationAgeMs - 1), false);
    assert.equal(isRotationDue([first], rotationAgeMs), true);
    assert.equal(isRotationDue(keys, rotatedAtMs + 1), false);
  });
});
