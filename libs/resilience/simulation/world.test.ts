import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedCap, nothing, underPressure } from './gates/rivals.ts';
import { steady } from './scenarios.ts';
import type { Kind } from './traffic.ts';
import { simulate } from './world.ts';

const COMPUTING: readonly Kind[] = [
  { name: 'computing', priority: 'reading', share: 1, steps: [['loop', 5]], inTimeMs: 1e6 },
];

test('waits are as long as the formula of Pollaczek and Khinchine says', () => {
  const load = 0.6;
  const answers = simulate({ gate: nothing, kinds: COMPUTING, load: () => load }, 600_000).all;
  const mean = answers.reduce((sum, { tookMs }) => sum + tookMs, 0) / answers.length;
  // A request takes 2.5 ms and an exponential rest of 2.5 ms: E(S²) = 5² + 2.5².
  const expected = 5 + ((load / 5) * (5 ** 2 + 2.5 ** 2)) / (2 * (1 - load));
  assert.ok(Math.abs(mean / expected - 1) < 0.1, `${mean} ms, expected ${expected}`);
});

test('the same seed is the same world, another one is another', () => {
  const run = (seed: number) => JSON.stringify(simulate({ gate: nothing, load: () => 0.9, seed }, 2_000).all);
  assert.equal(run(1), run(1));
  assert.notEqual(run(1), run(2));
});

test('every try ends once, and retries are bounded', () => {
  for (const gate of [nothing, fixedCap(16)]) {
    const { all } = simulate({ gate, load: () => 3 }, 20_000);
    const first = all.filter(({ tries }) => tries === 1).length;
    assert.ok(all.every(({ tries, tookMs }) => tries <= 3 && tookMs >= 0));
    assert.ok(all.length <= 1.11 * first, `${all.length} tries for ${first}`);
  }
});

test('without protection nobody is answered in time at twice the capacity; the usual guard helps little', () => {
  assert.equal(steady(nothing, 2).goodput, 0);
  const guarded = steady(underPressure({ sampleMs: 1_000, delayMaxMs: 50 }), 2);
  assert.ok(guarded.usefulMs > 0 && guarded.usefulMs < 300, `${guarded.usefulMs}`);
});
