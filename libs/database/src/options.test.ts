import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeOptions } from './options.ts';

const required = { primary: 'postgres://localhost/x', applicationName: 'x' };

test('defaults bound everything', () => {
  const options = completeOptions({ ...required, poolSizeMax: 5 });
  assert.equal(options.waitersMax, 100);
  for (const value of Object.values(options))
    if (typeof value === 'number') assert.ok(value > 0 && value < Infinity);
});

test('a limit that bounds nothing is refused', () => {
  assert.throws(
    () => completeOptions({ ...required, poolSizeMax: 0 }),
    /poolSizeMax must be a positive number/,
  );
  assert.throws(() => completeOptions({ ...required, acquireTimeoutMs: Infinity }), RangeError);
  assert.throws(() => completeOptions({ ...required, fallbackShareMax: 1.5 }), /at most 1/);
});

test('a malformed connection string is refused without being told', () => {
  assert.throws(
    () => completeOptions({ ...required, replicas: ['secret@:nowhere'] }),
    (error) => error instanceof TypeError && !error.message.includes('secret'),
  );
});
