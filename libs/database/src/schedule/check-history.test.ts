import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { checkHistory } from './check-history.ts';
import type { History, Look, Outcome, Read, Write } from './history.ts';

const AGE_MS_MAX = 1_000;

const write = (value: number, startMs: number, endMs: number, outcome: Outcome = 'done'): Write => ({
  kind: 'write',
  user: 'u',
  value,
  outcome,
  startMs,
  endMs,
});
const read = (values: readonly number[], startMs: number, endMs: number): Read => ({
  kind: 'read',
  user: 'u',
  register: 'u',
  values,
  host: 'h',
  isByReplica: true,
  startMs,
  endMs,
});
const look = (value: number, startMs: number, isByReplica = true): Look => ({
  kind: 'look',
  register: 'u',
  value,
  host: 'h',
  isByReplica,
  startMs,
  endMs: startMs + 1,
});
const rulesOf = (operations: History['operations'], kept: readonly number[]) =>
  checkHistory({ operations, kept: kept.map((value) => ({ user: 'u', value })) }, AGE_MS_MAX).map(
    ({ rule }) => rule,
  );

describe('a register', () => {
  test('shows what was acknowledged before', () => {
    assert.deepEqual(rulesOf([write(1, 0, 1), read([1], 2, 3)], [1]), []);
    assert.deepEqual(rulesOf([write(1, 0, 1), read([], 2, 3)], [1]), ['own writes']);
    assert.deepEqual(rulesOf([write(1, 0, 1), write(2, 2, 3), read([2], 4, 5)], [1, 2]), ['own writes']);
  });

  test('shows a write under way, or not', () => {
    assert.deepEqual(rulesOf([write(1, 0, 4), read([], 1, 2), read([1], 3, 5)], [1]), []);
  });

  test('shows a write of unknown end, or not, but never no more', () => {
    const unknown = write(1, 0, 1, 'unknown');
    assert.deepEqual(rulesOf([unknown, read([], 2, 3)], []), []);
    assert.deepEqual(rulesOf([unknown, read([], 2, 3), read([1], 4, 5)], [1]), []);
    assert.deepEqual(rulesOf([unknown, read([1], 2, 3), read([], 4, 5)], [1]), ['monotonic reads']);
    assert.deepEqual(rulesOf([unknown, read([1], 2, 3)], []), ['lost']);
  });

  test('may show less in a read that began before another had ended', () => {
    const unknown = write(1, 0, 1, 'unknown');
    assert.deepEqual(rulesOf([unknown, read([1], 2, 5), read([], 4, 6)], [1]), []);
  });

  test('is judged in the order of time, not of the record', () => {
    assert.deepEqual(rulesOf([read([], 2, 3), write(1, 0, 1)], [1]), ['own writes']);
  });

  test('of one user says nothing of another', () => {
    assert.deepEqual(rulesOf([{ ...write(1, 0, 1), user: 'v' }, read([], 2, 3)], []), ['lost']);
  });

  test('is never shown to another with less than he has read before', () => {
    const writes = [write(1, 0, 1), write(2, 2, 3)];
    const byOther = (values: readonly number[], startMs: number) => ({
      ...read(values, startMs, startMs + 1),
      user: 'v',
    });
    assert.deepEqual(rulesOf([...writes, byOther([], 4), byOther([1], 6), byOther([1, 2], 8)], [1, 2]), []);
    assert.deepEqual(rulesOf([...writes, byOther([1], 4), byOther([], 6)], [1, 2]), ['monotonic reads']);
    assert.deepEqual(rulesOf([...writes, read([1, 2], 4, 5), byOther([], 6)], [1, 2]), []);
  });

  test('never shows what was not written, or not yet', () => {
    assert.deepEqual(rulesOf([read([1], 2, 3)], []), ['phantom', 'lost']);
    assert.deepEqual(rulesOf([read([1], 0, 1), write(1, 2, 3)], [1]), ['phantom']);
    assert.deepEqual(rulesOf([write(1, 0, 1, 'not run')], [1]), ['phantom']);
    assert.deepEqual(rulesOf([write(1, 0, 1, 'not run'), read([], 2, 3)], []), []);
  });

  test('holds everything once', () => {
    assert.deepEqual(rulesOf([write(1, 0, 1), read([1, 1], 2, 3)], [1]), ['repeated']);
    assert.deepEqual(rulesOf([write(1, 0, 1)], [1, 1]), ['repeated']);
  });

  test('holds at the end what was acknowledged', () => {
    assert.deepEqual(rulesOf([write(1, 0, 1), write(2, 2, 3)], [1]), ['lost']);
    assert.deepEqual(rulesOf([write(1, 0, 1), write(2, 2, 3, 'unknown')], [1]), []);
  });
});

describe('what a replica shows to others', () => {
  const beats = [write(1, 0, 10), write(2, 500, 510), write(3, 1_200, 1_210), write(4, 2_000, 2_010)];
  const rulesOfLook = (each: Look) => rulesOf([...beats, each], [1, 2, 3, 4]);

  test('may be late within the limit of age', () => {
    assert.deepEqual(rulesOfLook(look(3, 2_020)), []);
    assert.deepEqual(rulesOfLook(look(2, 2_020)), []);
  });

  test('is not older than that', () => {
    assert.deepEqual(rulesOfLook(look(1, 2_020)), ['too old']);
    assert.deepEqual(rulesOfLook(look(0, 1_500)), ['too old']);
  });

  test('does not age while nothing is acknowledged', () => {
    assert.deepEqual(rulesOfLook(look(2, 60_000)), []);
  });

  test('is a matter of replicas: a primary that hangs may answer late', () => {
    assert.deepEqual(rulesOfLook(look(0, 2_020, false)), []);
  });
});
