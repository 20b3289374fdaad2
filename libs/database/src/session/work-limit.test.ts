import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { joinSignals, statementTime, type WorkLimit } from './work-limit.ts';

const limitOf = (remainingMs: number): WorkLimit => ({
  remainingMs,
  signal: new AbortController().signal,
  error: () => new Error('the time is up'),
});

describe('the time of a statement within a limit', () => {
  test('is a little less than what is left, so that the server ends it before it is asked to', () => {
    for (let ms = 1; ms < 600_000; ms += 1 + Math.floor(ms / 50)) {
      const time = statementTime(limitOf(ms), undefined) ?? Infinity;
      assert.ok(Number.isInteger(time) && time >= 1, `${time} of ${ms} ms`);
      assert.ok(time <= Math.max(1, ms / 2, ms - 25), `${time} of ${ms} ms`);
      assert.ok(time >= (ms / 2 - 1) * (15 / 16), `${time} of ${ms} ms`);
      if (ms > 1_000) assert.ok(time > ms * (15 / 16) - 25, `${time} of ${ms} ms`);
    }
  });

  test('is the same for a while, so that it need not be set again', () => {
    const times = Array.from({ length: 9_000 }, (_, ms) => statementTime(limitOf(ms + 1), undefined));
    assert.ok(new Set(times).size < 170, `${new Set(times).size} times`);
  });

  test('is the usual one without a limit, and its own when that is less', () => {
    assert.equal(statementTime(undefined, undefined), undefined);
    assert.equal(statementTime(undefined, 300), 300);
    assert.equal(statementTime(limitOf(Infinity), undefined), undefined);
    assert.equal(statementTime(limitOf(Infinity), 300), 300);
    assert.equal(statementTime(limitOf(5_000), 300), 300);
  });

  test('is refused when nothing is left', () => {
    assert.throws(() => statementTime(limitOf(0), 300), /the time is up/);
    assert.throws(() => statementTime(limitOf(0.4), undefined), /the time is up/);
  });
});

test('two signals are one that aborts with the first of them', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  assert.equal(joinSignals(undefined, undefined), undefined);
  assert.equal(joinSignals(one.signal, undefined), one.signal);
  assert.equal(joinSignals(undefined, other.signal), other.signal);
  const joined = joinSignals(one.signal, other.signal);
  other.abort(new Error('gone'));
  assert.equal((joined?.reason as Error).message, 'gone');
});
