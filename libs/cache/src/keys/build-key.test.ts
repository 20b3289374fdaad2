import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKey } from './build-key.ts';
import type { KeyPart } from './build-key.ts';

/** Parts that careless joining and escaping mix up. */
const nasty = [
  '',
  ':',
  '::',
  '%',
  '%3A',
  '%25',
  '%253A',
  'a',
  'a:b',
  'b',
  ':a',
  'a:',
  '{a}',
  '\n',
  'गणित',
  '__proto__',
];

test('different parts never give the same key', () => {
  const lists: [string, ...KeyPart[]][] = [];
  for (const a of nasty) {
    lists.push([a]);
    for (const b of nasty) {
      lists.push([a, b]);
      for (const c of nasty) lists.push([a, b, c]);
    }
  }
  assert.equal(new Set(lists.map((parts) => buildKey(...parts))).size, lists.length);
});

test('plain parts stay readable', () => {
  assert.equal(
    buildKey('lesson', '0198c0de-0000-7000-8000-000000000001', 'hi', 7),
    'lesson:0198c0de-0000-7000-8000-000000000001:hi:7',
  );
});

test('what is neither text nor a whole number is refused', () => {
  for (const part of [undefined, null, Number.NaN, 0.5, Infinity, {}, [], true]) {
    assert.throws(() => buildKey('course', part as never), TypeError);
  }
});
