import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { createTurnClock } from './turn-clock.ts';

test('reads the time once per turn of the event loop', async () => {
  let reads = 0;
  const clock = createTurnClock(() => ++reads);
  clock();
  await Promise.resolve();
  clock();
  assert.equal(reads, 1);
  await turn();
  clock();
  assert.equal(reads, 2);
});

test('a turn that does not end still sees time go by', () => {
  let reads = 0;
  const clock = createTurnClock(() => ++reads);
  for (let i = 0; i < 1_025; i++) clock();
  assert.equal(reads, 5);
  assert.equal(clock(), 5);
});

test('never runs ahead and never back', async () => {
  const clock = createTurnClock();
  let last = 0;
  for (let i = 0; i < 1_000; i++) {
    const now = clock();
    assert.ok(now >= last && now <= performance.now());
    last = now;
    if (i % 10 === 0) await turn();
  }
});
