import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAdmission } from '../src/index.ts';
import { BARS, isMet } from './bars.ts';
import { MISTAKES } from './gates/mistakes.ts';
import { nothing } from './gates/rivals.ts';

describe('the admission', () => {
  for (const bar of Object.values(BARS)) {
    test(bar.name, (t) => {
      const value = bar.measure(createAdmission);
      t.diagnostic(`${value}`);
      assert.ok(isMet(bar, value), `${value}`);
    });
  }
});

describe('the simulation finds an admission that', () => {
  const finds = {
    'is deaf': 'work',
    'is blind to priorities': 'critical',
    'has no end of turns': 'criticalStep',
    leaks: 'quiet',
    'is too generous': 'answers',
    'is too narrow': 'slowDatabase',
    'is impatient': 'critical',
    'is too patient': 'refusals',
  } as const satisfies Record<keyof typeof MISTAKES, keyof typeof BARS>;

  for (const [mistake, bar] of Object.entries(finds)) {
    test(`${mistake}, by ${BARS[bar].name}`, (t) => {
      const value = BARS[bar].measure(MISTAKES[mistake as keyof typeof MISTAKES]);
      t.diagnostic(`${value}`);
      assert.ok(!isMet(BARS[bar], value), `${value}`);
    });
  }

  test('does not exist', () => assert.ok(!isMet(BARS.work, BARS.work.measure(nothing))));
});
