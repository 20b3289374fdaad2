import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TurnMeter } from './turn-meter.ts';

test('a turn is as long as it keeps the loop, and waiting is no part of it', async (t) => {
  const turns: number[] = [];
  const meter = new TurnMeter((turnMs) => turns.push(turnMs));
  meter.start();
  t.after(() => meter.stop());
  await sleep(20);
  turns.length = 0;
  const cpuBefore = process.cpuUsage();
  await sleep(300);
  const cpu = process.cpuUsage(cpuBefore);
  assert.ok(turns.length < 30, `${turns.length} turns while nothing happens`);
  assert.ok(cpu.user + cpu.system < 100_000, `${cpu.user + cpu.system} µs of CPU while nothing happens`);
  const busyUntil = performance.now() + 120;
  while (performance.now() < busyUntil);
  await sleep(1);
  const longest = Math.max(...turns);
  assert.ok(longest >= 119 && longest < 300, `${longest} ms`);
});

test('a stopped meter tells nothing', async () => {
  const turns: number[] = [];
  const meter = new TurnMeter((turnMs) => turns.push(turnMs));
  meter.start();
  meter.stop();
  await sleep(20);
  assert.deepEqual(turns, []);
});
