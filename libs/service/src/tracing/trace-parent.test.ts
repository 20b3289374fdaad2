import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraceParent, traceParentOf } from './trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

test('parseTraceParent takes well-formed headers only, and knows which traces are recorded', () => {
  for (const [header, isSampled] of [
    [`00-${TRACE}-${PARENT}-01`, true],
    [`00-${TRACE}-${PARENT}-03`, true],
    [`cc-${TRACE}-${PARENT}-01`, true],
    [`00-${TRACE}-${PARENT}-00`, false],
    [`00-${TRACE}-${PARENT}-02`, false],
  ] as const)
    assert.deepEqual(parseTraceParent(header), { header, traceId: TRACE, spanId: PARENT, isSampled });
  for (const bad of [
    undefined,
    '',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01\n`,
    `00-${TRACE}-${PARENT}-01'*/; drop table lesson; --`,
    [`00-${TRACE}-${PARENT}-01`],
  ])
    assert.equal(parseTraceParent(bad), undefined, String(bad));
});

test('traceParentOf writes what parseTraceParent reads', () => {
  for (const traceFlags of [0, 1]) {
    const trace = traceParentOf({ traceId: TRACE, spanId: PARENT, traceFlags });
    assert.deepEqual(parseTraceParent(trace.header), trace);
  }
});
