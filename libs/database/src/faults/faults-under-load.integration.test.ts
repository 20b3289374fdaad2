import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startLab, type Lab } from './lab.ts';
import { runScenario } from './run-scenario.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';
import { linesOf } from './table.ts';

const HOLD_MS = 1_500;

describe('faults under load', () => {
  let lab: Lab;

  before(async () => {
    lab = await startLab();
  });
  after(() => lab.stop());

  for (const scenario of SCENARIOS) {
    test(`${scenario.name}: ${scenario.hypothesis}`, async (t) => {
      const report = await runScenario(scenario, lab, { holdMs: HOLD_MS });
      for (const line of linesOf(report)) t.diagnostic(line);
      assert.deepEqual(
        report.bars.filter(({ isMet }) => !isMet),
        [],
      );
    });
  }
});
