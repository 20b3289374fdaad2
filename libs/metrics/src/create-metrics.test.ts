import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createPolicies } from '@ganitagya/resilience';
import { waitFor } from '@ganitagya/testing';
import { createMetrics } from './create-metrics.ts';

function metricsFor(t: TestContext) {
  const metrics = createMetrics({ service: 'test' });
  t.after(() => metrics.close());
  return metrics;
}

const linesOf = (body: string, start: string) => body.split('\n').filter((line) => line.startsWith(start));

describe('createMetrics', () => {
  test('measures requests in seconds, with the promise of 200 ms as a bound, and names the service', async (t) => {
    const metrics = metricsFor(t);
    metrics.http.observe({ method: 'GET', route: '/a/:id', statusCode: 200 }, 0.19);
    metrics.http.observe({ method: 'GET', route: '/a/:id', statusCode: 200 }, 0.21);
    const { contentType, body } = await metrics.exposition();
    assert.match(contentType, /^text\/plain/u);
    const labels = 'method="GET",route="/a/:id",status_code="200",service="test"';
    assert.ok(body.includes(`http_request_duration_seconds_bucket{le="0.2",${labels}} 1`), body);
    assert.ok(body.includes('http_request_duration_seconds_count{'));
    for (const line of body.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      assert.match(line, /service="test"/u);
    }
  });

  test('folds made-up methods and the routes after the 200th into one label each', async (t) => {
    const metrics = metricsFor(t);
    for (let i = 0; i < 1_000; i += 1) {
      metrics.http.observe({ method: `M${i}`, route: '/a', statusCode: 200 }, 0.1);
      metrics.http.observe({ method: 'GET', route: `/r${i}`, statusCode: 200 }, 0.1);
    }
    const counts = linesOf((await metrics.exposition()).body, 'http_request_duration_seconds_count');
    assert.equal(counts.length, 201);
    assert.equal(counts.filter((line) => /method="OTHER".* 1000$/u.test(line)).length, 1);
    assert.equal(counts.filter((line) => /route="other".* 801$/u.test(line)).length, 1);
  });

  test('tells the state and the events of policies', async (t) => {
    const metrics = metricsFor(t);
    const policies = createPolicies({
      model: { timeoutMs: 1_000, breaker: { failures: 1, openMs: 60_000, successesToClose: 1 } },
    });
    metrics.observePolicies(policies);
    const state = async () =>
      linesOf((await metrics.exposition()).body, 'resilience_circuit_state')[0]?.at(-1);
    assert.equal(await state(), '0');
    const fail = () =>
      policies.execute('model', () => Promise.reject(new Error('down')), { fallback: () => 0 });
    await fail();
    await fail();
    assert.equal(await state(), '2');
    const events = linesOf((await metrics.exposition()).body, 'resilience_events_total');
    assert.ok(
      events.some((line) => /event="fallback".* 2$/u.test(line)),
      events.join('\n'),
    );
  });

  test('tells versions, refusals by rate limits and whether Redis is there', async (t) => {
    const metrics = createMetrics({ service: 'test', version: '1.2.3' });
    t.after(() => metrics.close());
    const redis = { status: 'ready' };
    metrics.observeRedis(redis);
    metrics.limits.refused('user');
    metrics.limits.refused('user');
    const first = (await metrics.exposition()).body;
    assert.deepEqual(linesOf(first, 'service_build_info{'), [
      `service_build_info{version="1.2.3",node="${process.version}",service="test"} 1`,
    ]);
    assert.deepEqual(linesOf(first, 'rate_limit_refusals_total{'), [
      'rate_limit_refusals_total{by="user",service="test"} 2',
      'rate_limit_refusals_total{by="address",service="test"} 0',
    ]);
    assert.deepEqual(linesOf(first, 'redis_up{'), ['redis_up{service="test"} 1']);
    redis.status = 'reconnecting';
    assert.deepEqual(linesOf((await metrics.exposition()).body, 'redis_up{'), ['redis_up{service="test"} 0']);
  });

  test('counts garbage collections, the processor and the event loop', async (t) => {
    const metrics = metricsFor(t);
    const valueOf = (body: string, start: string) =>
      Number(linesOf(body, start)[0]?.split(' ').at(-1) ?? NaN);
    const before = (await metrics.exposition()).body;
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    await waitFor(
      async () =>
        valueOf((await metrics.exposition()).body, 'nodejs_gc_duration_seconds_count{kind="major"') >= 1,
      { what: 'the collection' },
    );
    const { body } = await metrics.exposition();
    for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_time_seconds_total{state="active"'])
      assert.ok(valueOf(body, name) > valueOf(before, name), name);
    assert.ok(valueOf(body, 'process_resident_memory_bytes') > 10e6);
    assert.ok(Math.abs(valueOf(body, 'process_start_time_seconds') - Date.now() / 1_000) < 3_600);
  });
});
