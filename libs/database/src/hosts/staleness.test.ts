import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isTooOld } from './staleness.ts';

test('a gate closes above the limit and opens again well below it', () => {
  assert.equal(isTooOld(5_000, 5_000, false), false);
  assert.equal(isTooOld(5_001, 5_000, false), true);
  assert.equal(isTooOld(4_000, 5_000, true), true);
  assert.equal(isTooOld(2_500, 5_000, true), false);
  assert.equal(isTooOld(Infinity, 5_000, false), true);
});
