import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideRefresh, SESSION_LIMITS, type RefreshDecision, type SessionState } from './refresh-rule.ts';

const { graceMs, idleMs, absoluteMs } = SESSION_LIMITS;
const minuteMs = 60_000;
const live: SessionState = {
  counter: 7,
  hasEnded: false,
  ageMs: 90 * minuteMs,
  sinceRotationMs: 10 * minuteMs,
};
const reused: RefreshDecision = { kind: 'end', reason: 'reused' };
const expired: RefreshDecision = { kind: 'end', reason: 'expired' };

const rows: readonly (readonly [string, Partial<SessionState>, number, RefreshDecision])[] = [
  ['rotates the current token', {}, 7, { kind: 'rotate', counter: 8 }],
  ['rotates the first token', { counter: 0 }, 0, { kind: 'rotate', counter: 1 }],
  ['repeats the current token for its parent', {}, 6, { kind: 'repeat', counter: 7 }],
  ['repeats for the parent however late', { sinceRotationMs: idleMs - 1 }, 6, { kind: 'repeat', counter: 7 }],
  [
    'repeats for a token two behind within the grace',
    { sinceRotationMs: graceMs - 1 },
    5,
    { kind: 'repeat', counter: 7 },
  ],
  ['ends for a token two behind after the grace', { sinceRotationMs: graceMs }, 5, reused],
  ['ends for a token three behind even within the grace', { sinceRotationMs: 0 }, 4, reused],
  ['ends for the first token of an old session', { sinceRotationMs: 0 }, 0, reused],
  ['adopts a genuine token that is ahead of the session', {}, 9, { kind: 'rotate', counter: 10 }],
  [
    'keeps a session to the last moment of its idle time',
    { sinceRotationMs: idleMs - 1 },
    7,
    { kind: 'rotate', counter: 8 },
  ],
  ['ends a session that was idle too long', { sinceRotationMs: idleMs }, 7, expired],
  [
    'ends a session that is too old, however busy',
    { ageMs: absoluteMs, sinceRotationMs: minuteMs },
    7,
    expired,
  ],
  ['keeps an ended session ended', { hasEnded: true }, 7, { kind: 'end', reason: 'already-ended' }],
];

describe('decideRefresh', () => {
  for (const [name, state, tokenCounter, decision] of rows) {
    it(name, () => assert.deepEqual(decideRefresh({ ...live, ...state }, tokenCounter), decision));
  }
});
