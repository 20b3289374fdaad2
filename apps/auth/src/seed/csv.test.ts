import assert from 'node:assert/strict';
import { it } from 'node:test';
import { csvLine } from './csv.ts';

it('csvLine › quotes what would break the line', () => {
  assert.equal(csvLine(['a@b.in', 'plain']), 'a@b.in,plain\n');
  assert.equal(csvLine(['comma,', 'quote"', 'line\nend']), '"comma,","quote""","line\nend"\n');
});
