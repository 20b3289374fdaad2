import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createPolicies } from '@ganitagya/resilience';
import { createGroupMetrics } from './create-group-metrics.ts';
import { createMetrics } from './create-metrics.ts';
import type { SeriesPush } from './series/series-sender.ts';

function workerOf(t: TestContext) {
  const metrics = createMetrics({ service: 'test', version: '1.0.0' });
  t.after(() => metrics.close());
  metrics.observePolicies(createPolicies({ model: {} }));
  metrics.http.connectionOpened();
  metrics.http.observe({ method: 'GET', route: '/a', statusCode: 200 }, 0.1);
  return metrics;
}

/** As it arrives. */
const sent = (push: SeriesPush) => JSON.parse(JSON.stringify(push)) as SeriesPush;

test('a group tells one set of series for all its processes, and what its dead have counted', async (t) => {
  const group = createGroupMetrics({ service: 'test' });
  const workers = [workerOf(t), workerOf(t)];
  for (const [id, worker] of workers.entries()) group.take(id, sent(await worker.changes()));
  const valuesOf = async (series: string) =>
    (await group.exposition()).body
      .split('\n')
      .filter((line) => line.startsWith(series))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));

  assert.deepEqual(await valuesOf('http_request_duration_seconds_count{'), [2]);
  assert.deepEqual(await valuesOf('active_connections{'), [2]);
  assert.deepEqual(await valuesOf('resilience_circuit_state{'), [0]);
  assert.deepEqual(await valuesOf('service_build_info{'), [1]);
  const [startedAt = 0] = await valuesOf('process_start_time_seconds{');
  assert.ok(Math.abs(startedAt - performance.timeOrigin / 1_000) < 1);
  assert.equal((await valuesOf('metrics_snapshot_age_seconds{')).length, 2);

  workers[0]?.http.observe({ method: 'GET', route: '/a', statusCode: 200 }, 0.1);
  group.take(0, sent(workers[0]?.changesAtOnce() ?? assert.fail()));
  group.retire(0);
  assert.deepEqual(await valuesOf('http_request_duration_seconds_count{'), [3]);
  assert.deepEqual(await valuesOf('active_connections{'), [1]);
  assert.equal((await valuesOf('metrics_snapshot_age_seconds{')).length, 1);
});

test('a group whose workers have told nothing yet has the series of its primary', async () => {
  const { contentType, body } = await createGroupMetrics({ service: 'test' }).exposition();
  assert.match(contentType, /^text\/plain/u);
  assert.match(body, /^process_resident_memory_bytes\{service="test"\} \d+$/mu);
});
