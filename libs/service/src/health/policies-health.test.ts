import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPolicies } from '@ganitagya/resilience';
import { policiesHealth } from './policies-health.ts';

test('tells of every circuit, and is degraded while one is open', async () => {
  const tutor = createPolicies({ model: { breaker: { failures: 1 } }, feed: {} });
  const tables = [tutor, createPolicies({ keys: {} })];
  assert.deepEqual(policiesHealth(tables), {
    status: 'up',
    circuits: { model: 'closed', feed: 'closed', keys: 'closed' },
  });
  const call = tutor.execute('model', () => {
    throw new Error('down');
  });
  await assert.rejects(call, /down/);
  assert.deepEqual(policiesHealth(tables), {
    status: 'degraded',
    circuits: { model: 'open', feed: 'closed', keys: 'closed' },
  });
});
