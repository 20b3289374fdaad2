import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './create-metrics.ts';

test('what the deadlines counted is read when it is asked for', async (t) => {
  const metrics = createMetrics({ service: 'test' });
  t.after(() => metrics.close());
  const counts = { refused: { expired: 0, too_short: 2 }, cut: { deadline: 1, client_gone: 0 } };
  metrics.deadlines.observe(counts);
  const first = (await metrics.exposition()).body;
  assert.match(first, /^deadline_refusals_total\{reason="too_short",service="test"\} 2$/m);
  assert.match(first, /^deadline_refusals_total\{reason="expired",service="test"\} 0$/m);
  assert.match(first, /^requests_cut_total\{cause="deadline",service="test"\} 1$/m);
  counts.refused.too_short = 5;
  const second = (await metrics.exposition()).body;
  assert.match(second, /^deadline_refusals_total\{reason="too_short",service="test"\} 5$/m);
});
