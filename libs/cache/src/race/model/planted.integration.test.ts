import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFleet } from '../../testing/fleet.ts';
import type { Fleet } from '../../testing/fleet.ts';
import { shiftTime } from '../../testing/shifted-time.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { generate } from './generate.ts';
import { INSTANCES } from './operations.ts';
import { mistakes } from './planted.ts';
import { run } from './run.ts';

const SCHEDULES_MAX = 60;
const PARTS = 8;

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

for (const { name, plant } of mistakes) {
  test(`random schedules find: ${name}`, async (t) => {
    const undo = plant();
    t.after(undo);
    for (let seed = 1; seed <= SCHEDULES_MAX; seed++) {
      const [violation] = await run(fleet, time, generate(seed, PARTS));
      if (violation === undefined) continue;
      t.diagnostic(`by schedule ${seed}: ${violation}`);
      return;
    }
    assert.fail(`not found by ${SCHEDULES_MAX} schedules`);
  });
}
