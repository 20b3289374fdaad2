import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createDatabase, type Database } from '@ganitagya/database';
import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import { createMetrics, type Metrics } from '../create-metrics.ts';

interface Notes {
  readonly note: { readonly id: number };
}

/** Values by series and labels. */
type Series = (name: string, labels: Record<string, string>) => number | undefined;

describe('series of a primary and two replicas', () => {
  let cluster: PostgresCluster;
  let db: Database<Notes>;
  let metrics: Metrics;
  let [primary, first, second] = ['', '', ''];

  before(async () => {
    cluster = await startPostgres({ replicas: 2 });
    await cluster.primary.query('create table note (id int primary key)');
    await Promise.all(cluster.replicas.map((replica) => replica.catchUpWith(cluster.primary)));
    [primary = '', first = '', second = ''] = [cluster.primary, ...cluster.replicas].map(
      ({ host, port }) => `${host}:${port}`,
    );
    db = createDatabase<Notes>({
      primary: cluster.primary.url(),
      replicas: cluster.replicas.map((replica) => replica.url()),
      applicationName: 'metrics-test',
    });
    metrics = createMetrics({ service: 'test' });
    metrics.observeDatabase(db as Database<unknown>);
    await waitFor(() => db.hosts().every(({ state }) => state === 'up'), {
      what: 'every host up',
      timeoutMs: 30_000,
    });
  });
  after(async () => {
    metrics.close();
    await db.destroy();
    await cluster.stop();
  });

  async function scrape(): Promise<Series> {
    const lines = (await metrics.exposition()).body.split('\n');
    return (name, labels) => {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const line = lines.find(
        (each) => each.startsWith(`${name}{`) && wanted.every((label) => each.includes(label)),
      );
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
    };
  }

  test('say where statements ran, why there, and how they ended', async () => {
    for (let id = 1; id <= 3; id += 1) await db.insertInto('note').values({ id }).execute();
    await assert.rejects(db.insertInto('note').values({ id: 1 }).execute());
    for (let i = 0; i < 20; i += 1) await db.selectFrom('note').selectAll().execute();
    await db.selectFrom('note').selectAll().forUpdate().execute();
    const series = await scrape();
    const statements = (labels: Record<string, string>) => series('database_statements_total', labels) ?? 0;
    const insert = { host: primary, route: 'primary', reason: 'insert' };
    assert.equal(statements({ ...insert, outcome: 'ok' }), 3);
    assert.equal(statements({ ...insert, outcome: 'error' }), 1);
    assert.equal(statements({ host: primary, route: 'primary', reason: 'modifier', outcome: 'ok' }), 1);
    const reads = [first, second].map((host) =>
      statements({ host, route: 'replica', reason: 'read', outcome: 'ok' }),
    );
    assert.equal((reads[0] ?? 0) + (reads[1] ?? 0), 20);
    assert.equal(series('database_query_duration_seconds_count', { query_type: 'select' }), 21);
    assert.ok((series('database_host_latency_seconds', { host: primary }) ?? 0) > 0);
  });

  test('show how late a replica is, in seconds and in bytes', async () => {
    await cluster.replicas[1]?.setReplayDelay(60_000);
    await db.insertInto('note').values({ id: 10 }).execute();
    await waitFor(
      async () => ((await scrape())('database_replica_lag_seconds', { host: second }) ?? 0) > 0.3,
      { what: 'the lag in seconds' },
    );
    const series = await scrape();
    assert.ok((series('database_replica_lag_bytes', { host: second }) ?? 0) > 0);
    assert.ok((series('database_replica_lag_seconds', { host: first }) ?? Infinity) < 10);
    assert.equal(series('database_replica_lag_seconds', { host: primary }), undefined);
    await cluster.replicas[1]?.setReplayDelay(0);
  });

  test('change when a replica is killed and when it is back', async () => {
    const stateOf = (series: Series, state: string) =>
      series('database_host_state', { host: first, role: 'replica', state });
    assert.equal(stateOf(await scrape(), 'up'), 1);
    await cluster.replicas[0]?.kill();
    await waitFor(async () => stateOf(await scrape(), 'ejected') === 1, { what: 'its ejection' });
    const series = await scrape();
    assert.equal(stateOf(series, 'up'), 0);
    assert.equal(series('database_host_up', { host: first }), 0);
    assert.equal(series('database_host_up', { host: primary, role: 'primary' }), 1);
    assert.equal(series('database_host_ejections_total', { host: first }), 1);
    assert.equal(series('database_host_changes_total', { host: first, state: 'ejected' }), 1);
    assert.equal(series('database_replica_lag_seconds', { host: first }), undefined);
    await cluster.replicas[0]?.start();
    await waitFor(async () => stateOf(await scrape(), 'up') === 1, {
      what: 'its return',
      timeoutMs: 60_000,
    });
    assert.ok((await scrape())('database_host_weight', { host: first }) !== undefined);
  });

  test('follow a promotion: no host keeps a role that it has lost', async () => {
    assert.equal((await scrape())('database_primary_changes_total', { change: 'elected' }), 1);
    await cluster.primary.kill();
    await cluster.replicas[0]?.promote();
    await waitFor(async () => (await scrape())('database_host_up', { host: first, role: 'primary' }) === 1, {
      what: 'the new primary',
      timeoutMs: 60_000,
    });
    const series = await scrape();
    assert.equal(series('database_host_up', { host: first, role: 'replica' }), undefined);
    assert.equal(series('database_host_up', { host: primary, role: 'primary' }), undefined);
    assert.equal(series('database_primary_changes_total', { change: 'elected' }), 2);
  });

  test('count names that cannot be looked up', async () => {
    const lost = createDatabase<Notes>({
      primary: 'postgres+dns://nobody@no-such-host.invalid:5432/none',
      applicationName: 'metrics-test',
      resolver: {
        addresses: () => Promise.reject(new Error('no such name')),
        services: () => Promise.reject(new Error('no such name')),
      },
    });
    const own = createMetrics({ service: 'test' });
    own.observeDatabase(lost as Database<unknown>);
    await waitFor(
      async () => /database_discovery_failures_total\{.*\} [1-9]/u.test((await own.exposition()).body),
      {
        what: 'the failure',
      },
    );
    own.close();
    await lost.destroy();
  });
});
