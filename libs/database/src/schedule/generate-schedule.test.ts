import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FAULT_KINDS, formatSchedule, parseSchedule } from './fault.ts';
import { generateSchedule } from './generate-schedule.ts';

const BOUNDS = { durationMs: 12_000, openMax: 2, crashesMax: 1 };
const SCHEDULES = Array.from({ length: 200 }, (_each, seed) => generateSchedule({ ...BOUNDS, seed }));

test('the same seed gives the same schedule, another one another', () => {
  assert.deepEqual(generateSchedule({ ...BOUNDS, seed: 7 }), SCHEDULES[7]);
  assert.notDeepEqual(SCHEDULES[7], SCHEDULES[8]);
});

test('every kind of fault happens, in the order of time, and is over before the end', () => {
  const faults = SCHEDULES.flat();
  for (const kind of FAULT_KINDS) assert.ok(faults.some((fault) => fault.kind === kind));
  for (const schedule of SCHEDULES) {
    const times = schedule.map(({ atMs }) => atMs);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    assert.ok(schedule.every(({ atMs, forMs }) => atMs + forMs <= BOUNDS.durationMs));
  }
});

test('no more faults are under way at once, and no more primaries die, than may', () => {
  for (const schedule of SCHEDULES) {
    const grave = schedule.filter(({ kind, forMs }) => kind !== 'lag' && forMs > 0);
    for (const { atMs } of grave) {
      const open = grave.filter((fault) => fault.atMs <= atMs && atMs < fault.atMs + fault.forMs);
      assert.ok(open.length <= BOUNDS.openMax);
    }
    assert.ok(grave.filter(({ kind }) => kind === 'crash').length <= BOUNDS.crashesMax);
  }
});

test('a schedule is read as it was written', () => {
  const [schedule = []] = SCHEDULES;
  assert.deepEqual(parseSchedule(formatSchedule(schedule)), schedule);
  assert.deepEqual(parseSchedule('at 5 lag 1 by 300 for 40; at 6 switch 0 by 0 for 0'), [
    { atMs: 5, kind: 'lag', replica: 1, byMs: 300, forMs: 40 },
    { atMs: 6, kind: 'switch', replica: 0, byMs: 0, forMs: 0 },
  ]);
  assert.throws(() => parseSchedule('at 5 melt 1 by 0 for 40'), TypeError);
});
