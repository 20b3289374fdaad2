import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RollingCount } from './rolling-count.ts';

test('counts what happened in the window, and forgets it a tenth at a time', () => {
  let now = 5_000;
  const count = new RollingCount(10_000, () => now);
  count.add();
  now += 1_000;
  count.add();
  count.add();
  assert.equal(count.total, 3);
  now += 8_999;
  assert.equal(count.total, 3);
  now += 1;
  assert.equal(count.total, 2);
  now += 1_000;
  assert.equal(count.total, 0);
});

test('a long silence forgets everything once', () => {
  let now = 0;
  const count = new RollingCount(10_000, () => now);
  for (let second = 0; second < 10; second += 1) {
    now = second * 1_000;
    count.add();
  }
  assert.equal(count.total, 10);
  now += 3_600_000;
  assert.equal(count.total, 0);
  count.add();
  assert.equal(count.total, 1);
});

test('agrees with a plain list of times', () => {
  let now = 0;
  const count = new RollingCount(1_000, () => now);
  const times: number[] = [];
  let seed = 7;
  for (let step = 0; step < 5_000; step += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    now += seed % 90;
    if (seed % 3 !== 0) {
      count.add();
      times.push(now);
    }
    const oldestSlot = Math.floor(now / 100) - 9;
    assert.equal(count.total, times.filter((time) => Math.floor(time / 100) >= oldestSlot).length);
  }
});
