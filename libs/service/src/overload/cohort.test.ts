import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cohortOf, COHORTS } from './cohort.ts';

const DAY_MS = 86_400_000;
const EVENING = Date.UTC(2026, 10, 23, 13);

test('everybody has one group for a day, and another one the next day', () => {
  let moved = 0;
  for (let user = 0; user < 1_000; user += 1) {
    const key = `user ${user}`;
    assert.equal(cohortOf(key, EVENING), cohortOf(key, EVENING + 5 * 3_600_000));
    if (cohortOf(key, EVENING) !== cohortOf(key, EVENING + DAY_MS)) moved += 1;
  }
  assert.ok(moved > 950, `${moved} moved`);
});

test('groups are even, whether keys count up or are random', () => {
  const keys: ((index: number) => string)[] = [
    (index) => `address 10.0.${index >> 8}.${index & 255}`,
    (index) => `user 0199${index.toString(16).padStart(8, '0')}-7000-8000`,
  ];
  for (const keyOf of keys) {
    const sizes = new Array<number>(COHORTS).fill(0);
    for (let index = 0; index < 12_800; index += 1) {
      const cohort = cohortOf(keyOf(index), EVENING);
      sizes[cohort] = (sizes[cohort] ?? NaN) + 1;
    }
    assert.ok(Math.min(...sizes) > 50 && Math.max(...sizes) < 160, String(sizes));
  }
});
