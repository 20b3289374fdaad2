import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BACKOFF_DELAYS_MS, delayAfterMs } from './backoff-rule.ts';

describe('delayAfterMs', () => {
  it('asks for no wait after the first failures', () => {
    assert.deepEqual([1, 2, 3, 4].map(delayAfterMs), [0, 0, 0, 0]);
  });

  it('doubles from the fifth failure on', () => {
    assert.deepEqual([5, 6, 7, 8, 14].map(delayAfterMs), [1_000, 2_000, 4_000, 8_000, 512_000]);
  });

  it('stays at 15 minutes', () => {
    assert.deepEqual([15, 16, 5_000].map(delayAfterMs), [900_000, 900_000, 900_000]);
  });

  it('is the table that Redis gets, whose last entry goes on', () => {
    assert.deepEqual(
      BACKOFF_DELAYS_MS,
      BACKOFF_DELAYS_MS.map((_, index) => delayAfterMs(index + 1)),
    );
    assert.equal(BACKOFF_DELAYS_MS.at(-1), delayAfterMs(10_000));
  });
});
