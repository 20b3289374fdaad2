import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCodec } from '../codec.ts';
import { isJson } from './json.ts';

const { encode, decode } = createCodec();
const shared = { part: 1 };
const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;

const exact: Readonly<Record<string, unknown>> = {
  text: 'गणित "\\\n\u2028',
  'a lone surrogate': '\ud800',
  'numbers up to the edge': [0, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53],
  'a nested value': { list: [true, null, { deep: [] }], empty: {} },
  'a key of __proto__': JSON.parse('{"__proto__":{"x":1}}') as unknown,
};

const inexact: Readonly<Record<string, unknown>> = {
  'minus zero': -0,
  'what is no number': [Number.NaN],
  'what is infinite': [Infinity],
  undefined: { field: undefined },
  'a date': { at: new Date(0) },
  'a big integer': 1n,
  'a hole': [1, , 3],
  'a list with a name': Object.assign([1], { name: 'x' }),
  'a hole and a name': Object.assign([1, , 3], { name: 'x' }),
  'a map': new Map([[1, 2]]),
  'a Buffer': { bytes: Buffer.from('x') },
  'a part that is there twice': [shared, shared],
  'a cycle': cycle,
};

for (const [name, value] of Object.entries(exact)) {
  test(`${name} goes as JSON and comes back as it was`, () => {
    assert.ok(isJson(value));
    assert.deepEqual(decode(encode(value)), { value });
  });
}

for (const [name, value] of Object.entries(inexact)) {
  test(`${name} does not go as JSON and comes back as it was`, () => {
    assert.ok(!isJson(value));
    assert.deepEqual(decode(encode(value)), { value });
  });
}

test('what is shared between parts stays shared', () => {
  const decoded = decode(encode([shared, shared]))?.value as unknown[];
  assert.equal(decoded[0], decoded[1]);
});
