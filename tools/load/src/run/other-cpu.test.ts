import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { otherCpuPercent, sampleCpu } from './other-cpu.ts';

describe('the CPU use of other programs', () => {
  it('is what is left of the machine without ours, in percent of one core', () => {
    const before = { atMs: 1000, busyTicks: 5000, ownTicks: 400 };
    assert.equal(otherCpuPercent(before, { atMs: 11_000, busyTicks: 6500, ownTicks: 1400 }), 50);
    assert.equal(otherCpuPercent(before, { atMs: 2000, busyTicks: 5010, ownTicks: 420 }), 0);
  });

  it(
    'counts what this process does as ours',
    { skip: !existsSync('/proc/stat') && 'there is no /proc' },
    () => {
      const before = sampleCpu([]);
      assert(before);
      const busyUntil = process.cpuUsage().user + 300_000;
      while (process.cpuUsage().user < busyUntil);
      const after = sampleCpu([]);
      assert(after);
      assert(after.ownTicks - before.ownTicks >= 25, `${after.ownTicks - before.ownTicks} ticks`);
      assert(after.busyTicks - before.busyTicks >= after.ownTicks - before.ownTicks - 5);
    },
  );
});
