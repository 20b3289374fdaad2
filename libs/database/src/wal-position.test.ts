import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatWalPosition, isWalPosition, parseWalPosition } from './wal-position.ts';

test('reads and writes positions as Postgres does', () => {
  for (const text of ['0/0', '0/3000060', '16/B374D848', 'FFFFFFFF/FFFFFFFF']) {
    assert.equal(formatWalPosition(parseWalPosition(text)), text);
  }
  assert.equal(parseWalPosition('00000016/b374d848'), parseWalPosition('16/B374D848'));
});

test('orders across the halves', () => {
  assert.ok(parseWalPosition('1/0') > parseWalPosition('0/FFFFFFFF'));
});

test('refuses anything else', () => {
  for (const text of ['', '16', '16/', 'x/1', '123456789/0', '0/1; drop table note', '0/1 ']) {
    assert.equal(isWalPosition(text), false);
    assert.throws(() => parseWalPosition(text), TypeError);
  }
});
