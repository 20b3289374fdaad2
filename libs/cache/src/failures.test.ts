import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failures } from './failures.ts';

test('a pause that another process asks for brings back no error of our own', () => {
  const failures = new Failures(100);
  failures.note('key', new Error('long ago'), 0);
  failures.hear('key', 100, 5_000);
  assert.equal(failures.current('key', 5_050)?.error, undefined);
  assert.ok(failures.current('key', 5_050));
});

test('a pause that another process asks for does not prolong that of our own error', () => {
  const failures = new Failures(100);
  const error = new Error('just now');
  failures.note('key', error, 0);
  failures.hear('key', 2_000, 50);
  assert.equal(failures.current('key', 99)?.error, error);
  assert.equal(failures.current('key', 100), undefined);
});

test('failures in a row double the pause, whoever else failed in between', () => {
  const failures = new Failures(100);
  assert.equal(failures.note('key', new Error('first'), 0), 100);
  failures.hear('key', 100, 150);
  assert.equal(failures.note('key', new Error('second'), 300), 200);
});
