import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runWithin, type WorkLimit } from '@ganitagya/database';
import { parseTimeout, remainingMs, timeoutHeader } from './timeout-header.ts';

const limitOf = (remainingMs: number): WorkLimit => ({
  remainingMs,
  signal: new AbortController().signal,
  error: () => new Error('the time is up'),
});

describe('the header of a deadline', () => {
  test('is a whole number of milliseconds; anything else is as if it were not there', () => {
    assert.equal(parseTimeout('1000'), 1_000);
    assert.equal(parseTimeout('0'), 0);
    const garbage = ['', '-1', '1.5', '1e3', ' 5', '5s', '0x10', '1000, 2000', '9'.repeat(10), 'NaN'];
    for (const header of [undefined, ['1', '2'], ...garbage]) {
      assert.equal(parseTimeout(header), undefined, String(header));
    }
  });

  test('of a call is its time, less a margin; within a request, what is left of that counts', () => {
    assert.deepEqual(timeoutHeader(remainingMs()), {});
    assert.deepEqual(timeoutHeader(5_000), { 'x-request-timeout-ms': '4980' });
    runWithin(limitOf(800.7), () => {
      assert.deepEqual(timeoutHeader(Math.min(5_000, remainingMs())), { 'x-request-timeout-ms': '780' });
    });
    assert.deepEqual(timeoutHeader(3), { 'x-request-timeout-ms': '0' });
  });
});
