import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Journal } from './journal.ts';

describe('journal', () => {
  test('misses what was acknowledged and not kept, and nothing else', () => {
    const journal = new Journal();
    const [kept, lost, unknown] = [journal.next(), journal.next(), journal.next()];
    journal.acknowledge(kept);
    journal.acknowledge(lost);
    assert.equal(journal.acknowledged, 2);
    assert.deepEqual(journal.lost(new Set([kept, unknown])), [lost]);
  });

  test('an answer is as old as the first acknowledged write that it does not show', () => {
    const journal = new Journal();
    const [first, second, third, unknown] = [journal.next(), journal.next(), journal.next(), journal.next()];
    journal.acknowledge(first);
    const betweenMs = performance.now();
    // Acknowledged in another order than sent.
    journal.acknowledge(third);
    journal.acknowledge(second);
    const ageOf = journal.ages();
    const nowMs = performance.now() + 1_000;
    assert.equal(ageOf(third, nowMs), 0);
    assert.equal(ageOf(unknown, nowMs), 0);
    const age = ageOf(first, nowMs);
    assert.ok(age >= 1_000 && age <= nowMs - betweenMs, `${age} ms`);
    // Nothing was acknowledged yet when the read began.
    assert.equal(ageOf(first, betweenMs), 0);
  });
});
