import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopMeter } from './loop-meter.ts';

/** Windows of 100 ms with these turns and 10 requests each, until the averages have settled. */
function settle(turns: readonly number[], elapsedMs = 100): LoopMeter {
  const meter = new LoopMeter();
  for (let window = 0; window < 100; window++) {
    for (const turn of turns) meter.noteTurn(turn);
    meter.close(elapsedMs, 10);
  }
  return meter;
}

test('half of a turn is waited when the loop is never idle', () => {
  const { waitMs, busyShare, costMs } = settle([20, 20, 20, 20, 20]);
  assert.deepEqual([Math.round(waitMs), busyShare, Math.round(costMs)], [10, 1, 10]);
});

test('nobody waits for an idle loop, however many turns it has', () => {
  const { waitMs, busyShare } = settle(Array.from({ length: 50 }, () => 0.2));
  assert.ok(waitMs < 0.02 && Math.abs(busyShare - 0.1) < 0.001);
});

test('one turn that is longer than a window counts in full', () => {
  assert.equal(Math.round(settle([400], 400).waitMs), 200);
});

test('a window without requests leaves the cost as it was', () => {
  const meter = settle([50]);
  const { costMs } = meter;
  meter.noteTurn(50);
  meter.close(100, 0);
  assert.equal(meter.costMs, costMs);
});
