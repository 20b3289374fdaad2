import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Fault, Schedule } from './fault.ts';
import { shrinkSchedule } from './shrink-schedule.ts';

const faultAt = (atMs: number): Fault => ({ atMs, kind: 'kill', replica: 0, byMs: 0, forMs: 100 });
const TWENTY = Array.from({ length: 20 }, (_each, index) => faultAt(index));
const timesOf = (schedule: Schedule) => schedule.map(({ atMs }) => atMs);
const needs = (times: readonly number[]) => async (schedule: Schedule) =>
  times.every((time) => timesOf(schedule).includes(time));

test('what is left is what it takes to fail', async () => {
  const shrunk = await shrinkSchedule(TWENTY, needs([3, 14]), { runsMax: 100, timeMsMax: 10_000 });
  assert.deepEqual(timesOf(shrunk), [3, 14]);
});

test('it fails without any: nothing is left', async () => {
  assert.deepEqual(await shrinkSchedule(TWENTY, needs([]), { runsMax: 100, timeMsMax: 10_000 }), []);
});

test('runs and time are bounded, and what is returned has failed', async () => {
  let runs = 0;
  const counted = async (schedule: Schedule) => {
    runs += 1;
    return needs([3, 14])(schedule);
  };
  const shrunk = await shrinkSchedule(TWENTY, counted, { runsMax: 5, timeMsMax: 10_000 });
  assert.equal(runs, 5);
  assert.ok(shrunk.length < 20 && (await needs([3, 14])(shrunk)));
  assert.equal(await shrinkSchedule(TWENTY, needs([]), { runsMax: 5, timeMsMax: 0 }), TWENTY);
});
