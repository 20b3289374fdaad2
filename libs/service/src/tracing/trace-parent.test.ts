import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampledTraceParent } from './trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

test('sampledTraceParent takes well-formed headers of recorded traces only', () => {
  for (const good of [`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-03`, `cc-${TRACE}-${PARENT}-01`])
    assert.equal(sampledTraceParent(good), good);
  for (const bad of [
    undefined,
    '',
    `00-${TRACE}-${PARENT}-00`,
    `00-${TRACE}-${PARENT}-02`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01\n`,
    `00-${TRACE}-${PARENT}-01'*/; drop table lesson; --`,
    [`00-${TRACE}-${PARENT}-01`],
  ])
    assert.equal(sampledTraceParent(bad), undefined, String(bad));
});
