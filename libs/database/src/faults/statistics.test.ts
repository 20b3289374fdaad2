import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Attempt, Outcome, RequestRecord } from './request.ts';
import { overlapMax, quantile, sharesOf, steadyAfterMs } from './statistics.ts';

function attempt(host: string, startMs = 0, endMs = 1): Attempt {
  return { host, route: 'replica', startMs, endMs, error: undefined };
}

function request(
  startMs: number,
  latencyMs: number,
  outcome: Outcome = 'ok',
  hosts: readonly string[] = ['a'],
): RequestRecord {
  const attempts = hosts.map((host) => attempt(host));
  return { kind: 'read', startMs, endMs: startMs + latencyMs, outcome, error: undefined, attempts, shown: 0 };
}

describe('statistics of a load', () => {
  test('quantiles', () => {
    const values = Array.from({ length: 100 }, (_, index) => 99 - index);
    assert.deepEqual(
      [0, 0.5, 0.99, 1].map((share) => quantile(values, share)),
      [0, 50, 99, 99],
    );
    assert.equal(quantile([], 0.5), 0);
  });

  test('a share is of the host that answered, not of those that were tried', () => {
    const requests = [
      request(0, 1),
      request(0, 1, 'ok', ['a', 'b']),
      request(0, 1, 'unavailable', ['a']),
      request(0, 1, 'overloaded', []),
    ];
    assert.deepEqual(sharesOf(requests), { a: 0.5, b: 0.5 });
  });

  test('the steady state begins after the last 100 ms with a failure or too slow an answer', () => {
    const at = { fromMs: 1_000, untilMs: 2_000, share: 0.99, limitMs: 20 };
    const good = Array.from({ length: 100 }, (_, index) => request(1_000 + 10 * index, 1));
    assert.equal(steadyAfterMs(good, at), 0);
    assert.equal(steadyAfterMs([...good, request(1_250, 1, 'unavailable')], at), 300);
    assert.equal(steadyAfterMs([...good, request(1_250, 1, 'overloaded'), request(1_405, 21)], at), 500);
    // Before the fault, and after the time that is looked at.
    assert.equal(steadyAfterMs([...good, request(999, 50), request(2_000, 50)], at), 0);
    assert.equal(steadyAfterMs([...good, request(1_405, 21)], { ...at, share: 0.5 }), 0);
  });

  test('how many were under way at once', () => {
    assert.equal(overlapMax([]), 0);
    assert.equal(overlapMax([attempt('a', 0, 10), attempt('a', 5, 15), attempt('a', 9, 20)]), 3);
    assert.equal(overlapMax([attempt('a', 0, 10), attempt('a', 10, 15)]), 1);
  });
});
