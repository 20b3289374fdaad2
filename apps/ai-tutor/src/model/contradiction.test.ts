import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contradicts } from './contradiction.ts';

test('another value for the unknown at the end contradicts', () => {
  assert.ok(contradicts('So\nx = 1', 'x = 2 or x = 3'));
  assert.ok(contradicts('hence $x = 5$ or $x = 3$.', 'x = 2 or x = 3'));
  assert.ok(contradicts('$x = \\frac{1}{3}$ , that is x = 0.4', 'x = 1/3'));
});

test('the same values, in any writing or order, do not', () => {
  assert.ok(!contradicts('x = 3 or x = 2', 'x = 2 or x = 3'));
  assert.ok(!contradicts('hence x = 0.5', 'x = 1/2'));
  assert.ok(!contradicts('a = 1, b = -5 and c = 6 give x = 2', 'x = 2 or x = 3'));
});

test('a trial value in the middle of the text, or an answer in surds, says nothing', () => {
  assert.ok(!contradicts('Try x = 7.\n\nIt fails.\nNext.\nNow\nfactorise.\nDone: x = 2.', 'x = 2 or x = 3'));
  assert.ok(!contradicts('x = 9', 'x = (3 - √5)/2 or x = (3 + √5)/2'));
});
