import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from './reference.ts';

test('a path names a course by id, in any case of its letters, or by slug', () => {
  const id = '0198f1c4-7a3e-7c55-9d2f-0123456789ab';
  assert.deepEqual(parseReference(id.toUpperCase()), { id });
  assert.deepEqual(parseReference('class-10-maths'), { slug: 'class-10-maths' });
});

test('what can be neither is nothing', () => {
  for (const text of ['', 'A', 'a--b', '-a', 'a-', 'a_b', 'a b', 'ä', '../x', '\u0000', 'a'.repeat(81)]) {
    assert.equal(parseReference(text), undefined, text);
  }
});
