import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFleet } from '../../testing/fleet.ts';
import type { Fleet } from '../../testing/fleet.ts';
import { shiftTime } from '../../testing/shifted-time.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { generate } from './generate.ts';
import { format, INSTANCES } from './operations.ts';
import { run, shrink } from './run.ts';

const { CACHE_SEED, CACHE_PARTS, CACHE_SCHEDULES } = process.env;
const PARTS = Number(CACHE_PARTS ?? 8);
const SCHEDULES = CACHE_SEED === undefined ? Number(CACHE_SCHEDULES ?? 12) : 1;
const FIRST_SEED = Number(CACHE_SEED ?? Math.floor(Math.random() * 2 ** 31));

let fleet: Fleet;
let time: ShiftedTime;
before(async () => {
  fleet = await startFleet(INSTANCES);
  time = shiftTime();
});
after(async () => {
  time.restore();
  await fleet.stop();
});

test(`${SCHEDULES} random schedules of three processes: nobody is given less than was promised`, async (t) => {
  t.diagnostic(`from CACHE_SEED=${FIRST_SEED}, CACHE_PARTS=${PARTS}`);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
    const schedule = generate(seed, PARTS);
    const violations = await run(fleet, time, schedule);
    if (violations.length === 0) continue;
    let shown = violations;
    const shortest = await shrink(schedule, async (shorter) => {
      const found = await run(fleet, time, shorter);
      if (found.length > 0) shown = found;
      return found.length > 0;
    });
    assert.fail(`CACHE_SEED=${seed} CACHE_PARTS=${PARTS}\n${shown[0]}\n${format(shortest)}`);
  }
});
