import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { decodeCursor, encodeCursor } from './cursor.ts';

const Position = Type.Tuple([Type.Integer(), Type.String({ maxLength: 5 })]);

test('a cursor comes back as it went', () => {
  const cursor = encodeCursor([9, 'a"ठ']);
  assert.match(cursor, /^[\w-]+$/u);
  assert.deepEqual(decodeCursor(cursor, Position), [9, 'a"ठ']);
});

test('anything else is refused as a bad request', () => {
  const spelled = (text: string) => Buffer.from(text).toString('base64url');
  for (const cursor of [
    '',
    'not base64!',
    spelled('{'),
    spelled('null'),
    spelled('[1]'),
    spelled('["1","a"]'),
    spelled('[1,"toolong"]'),
    spelled('[1, "a"]'),
    spelled('[1e0,"a"]'),
    spelled('[1,"a","b"]'),
    `${encodeCursor([1, 'a'])}=`,
    Buffer.from('[1,"a?>"]').toString('base64'),
  ]) {
    assert.throws(() => decodeCursor(cursor, Position), { code: 'cursor.invalid', statusCode: 400 }, cursor);
  }
});
