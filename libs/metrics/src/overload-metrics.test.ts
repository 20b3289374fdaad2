import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission, type Entrant, type Priority } from '@ganitagya/resilience';
import { createMetrics } from './create-metrics.ts';

const entrantOf = (priority: Priority): Entrant => ({
  priority,
  cohort: () => 0,
  admitted: () => undefined,
  refused: () => undefined,
});

test('tells what an admission did, once for each request however often it is asked', async (t) => {
  const metrics = createMetrics({ service: 'test' });
  t.after(() => metrics.close());
  const admission = createAdmission({ limit: { initial: 1, min: 1, max: 1 }, queue: { size: 0 } });
  metrics.overload.observe(admission);
  admission.enter(entrantOf('critical'));
  await metrics.exposition();
  admission.enter(entrantOf('browsing'));
  metrics.overload.turn(0.03);
  const { body } = await metrics.exposition();
  const valueOf = (series: string) =>
    body
      .split('\n')
      .find((line) => line.startsWith(series))
      ?.split(' ')
      .at(-1);
  assert.equal(valueOf('overload_requests_total{priority="critical",outcome="admitted"'), '1');
  const refusals = body
    .split('\n')
    .filter((line) => /^overload_requests_total\{priority="browsing"/u.test(line));
  assert.deepEqual(
    refusals.filter((line) => !/ 0$/u.test(line)).map((line) => /outcome="(\w+)".* (\d+)$/u.exec(line)?.[2]),
    ['1'],
  );
  assert.equal(valueOf('overload_in_flight'), '1');
  assert.equal(valueOf('overload_limit'), '1');
  assert.equal(valueOf('overload_queued'), '0');
  assert.equal(valueOf('overload_level'), '0');
  assert.equal(valueOf('event_loop_turn_seconds_bucket{le="0.02"'), '0');
  assert.equal(valueOf('event_loop_turn_seconds_bucket{le="0.05"'), '1');
});
