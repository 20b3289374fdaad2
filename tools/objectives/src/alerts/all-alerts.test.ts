import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RUNBOOKS } from '../output/rule-files.ts';
import { runbookOf } from '../rules/rule.ts';
import { allAlerts } from './all-alerts.ts';

const folder = join(import.meta.dirname, '../../../..', RUNBOOKS);
const names = [...new Set(allAlerts.map(({ name }) => name))];

describe('alerts', () => {
  test('each has a runbook, and each runbook an alert', () => {
    const pages = readdirSync(folder).filter((name) => name !== 'README.md');
    assert.deepEqual(pages.sort(), names.map(runbookOf).sort());
  });

  for (const name of names) {
    test(`the runbook of ${name} says what a person needs`, () => {
      const page = readFileSync(join(folder, runbookOf(name)), 'utf8');
      const headings = [...page.matchAll(/^#+ (.*)$/gmu)].map(([, heading]) => heading);
      assert.deepEqual(headings, [
        name,
        'What users notice',
        'How to confirm',
        'What to do',
        'What not to do',
      ]);
    });

    test(`${name} is shown to fire, and to stay silent`, () => {
      for (const alert of allAlerts.filter((each) => each.name === name)) {
        assert.ok(alert.cases.some(({ fires }) => fires.length > 0));
        assert.ok(alert.cases.some(({ fires }) => fires.length === 0));
      }
    });
  }
});
