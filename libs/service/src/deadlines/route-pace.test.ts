import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoutePace } from './route-pace.ts';

/** The same numbers each time, from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('it finds the median, not the mean, and follows it', () => {
  const pace = new RoutePace();
  const random = createRandom(1);
  assert.ok(pace.medianMs < 1, 'nothing is refused before anything was seen');
  // Four of ten are very slow.
  for (let count = 0; count < 2_000; count += 1) pace.observe(random() < 0.4 ? 2_000 : 10 + 10 * random());
  assert.ok(pace.medianMs > 10 && pace.medianMs < 25, `${pace.medianMs} ms`);
  for (let count = 0; count < 2_000; count += 1) pace.observe(200);
  assert.ok(pace.medianMs > 180 && pace.medianMs < 220, `${pace.medianMs} ms`);
  for (let count = 0; count < 2_000; count += 1) pace.observe(0.01);
  assert.ok(pace.medianMs < 1, `${pace.medianMs} ms`);
});
