import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  isConnectionFailure,
  isDatabaseOverloaded,
  isDatabaseUnavailable,
  isRecoveryConflict,
  isUniqueViolation,
} from './errors.ts';

const withCode = (code: string, message = 'failed', more: object = {}) =>
  Object.assign(new Error(message), { code }, more);

test('guards tell the typed errors apart', () => {
  const overloaded = new DatabaseOverloadedError('db:5432', 'full');
  const unavailable = new DatabaseUnavailableError('db:5432', 'gone', { mayHaveRun: true });
  assert.ok(isDatabaseOverloaded(overloaded) && !isDatabaseOverloaded(unavailable));
  assert.ok(isDatabaseUnavailable(unavailable) && !isDatabaseUnavailable(overloaded));
  assert.ok(!isDatabaseUnavailable(undefined) && !isDatabaseUnavailable('database.unavailable'));
});

test('a unique violation may be asked for by its constraint', () => {
  const error = withCode('23505', 'duplicate', { constraint: 'account_email_key' });
  assert.ok(isUniqueViolation(error));
  assert.ok(isUniqueViolation(error, 'account_email_key'));
  assert.ok(!isUniqueViolation(error, 'other_key'));
  assert.ok(!isUniqueViolation(withCode('23503')));
});

test('connection failures are told from failing statements', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', '08006', '57P01', '57P03']) {
    assert.ok(isConnectionFailure(withCode(code)), code);
  }
  for (const code of ['57014', '23505', '25006', '40001'])
    assert.ok(!isConnectionFailure(withCode(code)), code);
  assert.ok(isConnectionFailure(new Error('Connection terminated unexpectedly')));
  assert.ok(!isConnectionFailure(new Error('something else')));
});

test('a recovery conflict comes under two codes and is no serialization failure', () => {
  const message = 'canceling statement due to conflict with recovery';
  assert.ok(isRecoveryConflict(withCode('40001', message)));
  assert.ok(isRecoveryConflict(withCode('40P01', message)));
  assert.ok(!isRecoveryConflict(withCode('40001', 'could not serialize access')));
});
