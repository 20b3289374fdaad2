import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission } from '../index.ts';
import type { Entrant, Priority } from '../index.ts';

function entrantOf(priority: Priority, log: string[], name: string): Entrant {
  return {
    priority,
    cohort: () => 0,
    admitted: () => log.push(`${name} admitted`),
    refused: ({ reason }) => log.push(`${name} ${reason}`),
  };
}

test('admits up to the limit, then in the order of importance', () => {
  const log: string[] = [];
  const admission = createAdmission({
    clock: () => 0,
    after: () => undefined,
    limit: { initial: 1, min: 1 },
  });
  const first = entrantOf('reading', log, 'first');
  admission.enter(first);
  admission.enter(entrantOf('background', log, 'second'));
  admission.enter(entrantOf('critical', log, 'third'));
  admission.leave(first, 'done');
  assert.deepEqual(log, ['first admitted', 'third admitted']);
});
