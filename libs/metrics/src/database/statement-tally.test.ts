import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseOverloadedError, DatabaseUnavailableError } from '@ganitagya/database';
import { reasonLabel } from './statement-reason.ts';
import { StatementTally } from './statement-tally.ts';

test('StatementTally tells hosts, routes, reasons and outcomes apart', () => {
  const tally = new StatementTally();
  tally.add('a:1', 'replica', 'read', undefined);
  tally.add('a:1', 'replica', 'read', undefined);
  tally.add('a:1', 'replica', 'read', new DatabaseOverloadedError('a:1', 'full'));
  tally.add('a:1', 'primary', 'read', new DatabaseUnavailableError('a:1', 'gone', { mayHaveRun: true }));
  tally.add('b:1', 'primary', 'insert', new Error('twice'));
  const outcomes = { ok: 0, overloaded: 0, unavailable: 0, error: 0 };
  assert.deepEqual(tally.counts(), [
    { host: 'a:1', route: 'replica', reason: 'read', outcomes: { ...outcomes, ok: 2, overloaded: 1 } },
    { host: 'a:1', route: 'primary', reason: 'read', outcomes: { ...outcomes, unavailable: 1 } },
    { host: 'b:1', route: 'primary', reason: 'insert', outcomes: { ...outcomes, error: 1 } },
  ]);
});

test('StatementTally stays bounded over hosts that come and go and reasons that name functions', () => {
  const tally = new StatementTally();
  for (let i = 0; i < 1_000; i += 1) tally.add(`host-${i}:1`, 'primary', `function f${i}`, undefined);
  for (let i = 0; i < 1_000; i += 1) tally.add('host-1:1', 'primary', `function f${i}`, undefined);
  const counts = tally.counts();
  assert.equal(counts.length, 101);
  assert.equal(counts.find(({ host }) => host === 'other')?.outcomes.ok, 900);
  assert.equal(counts.find(({ host }) => host === 'host-1:1')?.outcomes.ok, 1_001);
});

test('reasonLabel folds what names a function, a relation or a part of a statement', () => {
  for (const [reason, label] of [
    ['own writes', 'own_writes'],
    ['function nextval', 'function'],
    ['modifier ForUpdate', 'modifier'],
    ['lesson: a sequence', 'relation'],
    ['SomeFutureNode', 'other'],
  ] as const)
    assert.equal(reasonLabel(reason), label);
});
