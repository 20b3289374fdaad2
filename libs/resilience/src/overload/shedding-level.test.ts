import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheddingLevel } from './shedding-level.ts';

/** Arrivals a window by rank: a tenth critical, half reading, the rest in equal parts. */
const ARRIVALS = [10, 50, 20, 20] as const;

function pass(level: SheddingLevel, windows: number, overflowShare: number, busyShare = 1): number[] {
  return Array.from({ length: windows }, () => {
    for (const [rank, count] of ARRIVALS.entries()) {
      for (let i = 0; i < count; i++) level.noteArrival(rank);
    }
    level.update(overflowShare, busyShare, 1);
    return level.value;
  });
}

const anybody = (cohort: number) => ({ cohort: () => cohort });
const nobodyAsks = {
  cohort: () => assert.fail('must not be asked'),
};

test('nobody is refused while few find no slot', () => {
  const level = new SheddingLevel();
  assert.deepEqual(new Set(pass(level, 50, 0.03)), new Set([0]));
  assert.equal(level.refuses(3, nobodyAsks), false);
});

test('it rises step by step, least important first, and stops short of everybody', () => {
  const level = new SheddingLevel();
  const values = pass(level, 400, 0.9);
  for (const [i, value] of values.entries()) assert.ok(value >= (values[i - 1] ?? 0) && value <= 511);
  assert.ok((values[2] ?? 0) < 384, 'the most important are not the first');
  assert.equal(level.refuses(3, nobodyAsks), true);
});

test('within a priority, cohorts are refused in order, and only there they are asked', () => {
  const level = new SheddingLevel();
  while (level.value <= 128 || level.value >= 256) pass(level, 1, 0.2);
  const within = level.value - 128;
  assert.equal(level.refuses(3, nobodyAsks), true);
  assert.equal(level.refuses(2, anybody(within - 1)), true);
  assert.equal(level.refuses(2, anybody(within)), false);
  assert.equal(level.refuses(1, nobodyAsks), false);
  assert.equal(level.refuses(0, nobodyAsks), false);
});

test('it holds still for small changes', () => {
  const level = new SheddingLevel();
  pass(level, 20, 0.5);
  const before = level.value;
  for (let i = 0; i < 5; i++) pass(level, 1, i % 2 === 0 ? 0.05 : 0.03);
  assert.equal(level.value, before);
});

test('it goes to nothing within two seconds once the loop has time', () => {
  const level = new SheddingLevel();
  pass(level, 100, 0.9);
  assert.ok(level.value > 300);
  assert.equal(pass(level, 20, 0, 0.2).at(-1), 0);
});

test('a loop that is busy to the brim gets more only slowly', () => {
  const level = new SheddingLevel();
  pass(level, 30, 0.5);
  const before = level.value;
  const after = pass(level, 40, 0, 1).at(-1) ?? 0;
  assert.ok(after > 0 && after < before && before - after < 150, `${before}, then ${after}`);
});
