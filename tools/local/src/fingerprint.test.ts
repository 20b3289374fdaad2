import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprint } from './fingerprint.ts';

test('changes with what is in the folders, and with nothing else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a', 'deep'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  const deep = join(folder, 'a', 'deep', 'one.md');
  writeFileSync(deep, 'one');
  writeFileSync(join(folder, 'b', 'two.md'), 'two');
  const print = () => fingerprint(join(folder, 'a'), join(folder, 'b'));

  const first = print();
  assert.match(first, /^[\da-f]{64}$/u);
  utimesSync(deep, 1, 1);
  mkdirSync(join(folder, 'a', 'empty'));
  assert.equal(print(), first);

  const seen = new Set([first]);
  const changes = [
    () => writeFileSync(deep, 'One'),
    () => writeFileSync(join(folder, 'b', 'three.md'), ''),
    () => renameSync(deep, join(folder, 'a', 'deep', 'uno.md')),
    () => rmSync(join(folder, 'b', 'two.md')),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    seen.add(print());
    assert.equal(seen.size, index + 2);
  }
});
