import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopLimit } from './loop-limit.ts';
import { LoopMeter } from './loop-meter.ts';

const BOUNDS = { initial: 32, min: 2, max: 1_024 };

function create(bounds = BOUNDS) {
  const meter = new LoopMeter();
  const limit = new LoopLimit(bounds, meter);
  /** A second in which the loop is never idle, in turns of this length. */
  const second = (turnMs: number, { donePerMs = 0.4, usedMax = limit.value } = {}) => {
    for (let window = 0; window < 10; window++) {
      for (let ms = 0; ms < 100; ms += turnMs) {
        meter.noteTurn(turnMs);
        limit.noteTurn();
      }
      meter.close(100, donePerMs * 100);
      limit.update(donePerMs, usedMax);
    }
    return limit.value;
  };
  return { limit, meter, second };
}

test('while the loop is on time there is room at once, a quarter more a turn', () => {
  const { limit, meter } = create();
  const growAll = () => {
    let used = limit.value;
    while (limit.grow(used)) used++;
    return used;
  };
  meter.noteTurn(2);
  limit.noteTurn();
  assert.equal(growAll(), 40);
  assert.equal(growAll(), 40, 'no more in this turn');
  meter.noteTurn(2);
  limit.noteTurn();
  assert.equal(growAll(), 50);
  meter.noteTurn(30);
  limit.noteTurn();
  assert.equal(growAll(), 50, 'not after a long turn');
});

test('ten times as many in flight are let in within a second when only waiting takes longer', () => {
  const { limit, meter } = create();
  let used = 32;
  for (let turn = 0; turn < 50; turn++) {
    meter.noteTurn(3);
    limit.noteTurn();
    while (limit.grow(used) && used < 320) used++;
  }
  assert.equal(used, 320);
});

test('a loop that is late shrinks it to what is in work, less what made it late', () => {
  const { second } = create();
  const first = second(50);
  assert.ok(first < 20, `${first}`);
  assert.ok(second(50) <= first);
});

test('turns of twice the aim leave it where it is', () => {
  const { second } = create();
  const settled = second(16);
  assert.ok(Math.abs(second(16) - settled) <= 10, `${settled}`);
});

test('one long pause does not shrink it', () => {
  const { limit, meter } = create();
  for (const turns of [[60], [], []]) {
    for (const turn of [...turns, 2, 2, 2]) meter.noteTurn(turn);
    limit.noteTurn();
    meter.close(100, 40);
    limit.update(0.4, 8);
  }
  assert.ok(limit.value >= 4, `${limit.value}`);
});

test('a loop that is late but idle at times keeps it', () => {
  const { limit, meter } = create();
  for (let window = 0; window < 20; window++) {
    meter.noteTurn(70);
    limit.noteTurn();
    meter.close(100, 5);
    limit.update(0.05, 4);
  }
  assert.ok(meter.waitMs > 20);
  assert.equal(limit.value, 32);
});

test('it keeps its bounds', () => {
  const { limit, second } = create({ initial: 8, min: 4, max: 16 });
  for (let i = 0; i < 5; i++) second(500, { usedMax: 8 });
  assert.equal(limit.value, 4);
  for (let i = 0; i < 20; i++) second(1);
  assert.equal(limit.value, 16);
  assert.equal(limit.grow(16), false);
});

test('a loop that others hold up keeps as many as it has time of its own for', () => {
  const hold = (cpuShare: number) => {
    const { limit, meter } = create();
    for (let window = 0; window < 100; window++) {
      meter.noteTurn(100);
      limit.noteTurn();
      meter.close(100, 10, 100 * cpuShare);
      limit.update(0.1, limit.value);
    }
    return limit.value;
  };
  assert.equal(hold(0.1), 8, 'a request takes 1 ms of the processor');
  assert.equal(hold(1), 2, 'all of it is its own work: 10 ms a request');
});
