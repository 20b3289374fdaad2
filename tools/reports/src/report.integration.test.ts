import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort, startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import pg from 'pg';
import { createReport, type Report } from './report.ts';
import type { Targets } from './targets.ts';

let postgres: PostgresCluster;
let targets: Targets;
let reader: pg.Client;

before(async () => {
  postgres = await startPostgres({ replicas: 1 });
  const [replica] = postgres.replicas;
  assert(replica);
  targets = { primary: postgres.adminUrl, replicas: [replica.url()] };
  for (const statement of [
    'create schema extensions',
    'create extension pg_stat_statements schema extensions',
    'create table lesson (id int primary key, course int, title text)',
    `insert into lesson select n, n % 100, 'lesson ' || n from generate_series(1, 20000) n`,
    'create index lesson_course on lesson (course)',
    'create index lesson_title on lesson (title)',
    'analyze lesson',
  ]) {
    await postgres.primary.query(statement);
  }
  await replica.catchUpWith(postgres.primary);
  reader = new pg.Client({ connectionString: replica.url(), application_name: 'courses' });
  await reader.connect();
  for (let index = 0; index < 3; index += 1)
    await reader.query('select * from lesson where course = $1', [index]);
  // Unindexable on purpose: the whole table is read.
  for (let index = 0; index < 2; index += 1)
    await reader.query('select count(*) from lesson where id % 7 = 0');
  // A session publishes its counters when it is told to, or after 10 s of silence.
  await reader.query('select pg_stat_force_next_flush()');
});

after(async () => {
  await reader.end();
  await postgres.stop();
});

/** A server publishes its counters a little after the statement: asks until they are there. */
async function reportWhen(isThere: (report: Report) => boolean): Promise<Report> {
  let report: Report | undefined;
  await waitFor(
    async () => {
      report = await createReport(targets, 50);
      return isThere(report);
    },
    { timeoutMs: 30_000, what: 'the counters of the replica' },
  );
  assert(report);
  return report;
}

describe('the report on the database', () => {
  it('shows statements of replicas with calls, rows, times and shares', async () => {
    const { statements, withoutStatements } = await createReport(targets, 50);
    const found = statements.find(({ query }) => query === 'select * from lesson where course = $1');
    assert(found);
    assert.equal(found.host, new URL(targets.replicas[0] ?? '').host);
    assert.equal(found.calls, 3);
    assert.equal(found.rows, 600);
    assert(found.totalMs > 0 && Math.abs(found.meanMs * 3 - found.totalMs) < 0.01);
    assert(found.sharePercent > 0 && found.sharePercent <= 100);
    assert.deepEqual(withoutStatements, []);
    assert.equal((await createReport(targets, 1)).statements.length, 1);
  });

  it('counts an index as used when only a replica uses it', async () => {
    const { unusedIndexes } = await reportWhen(({ unusedIndexes: unused }) => unused.length === 1);
    assert.deepEqual(
      unusedIndexes.map(({ index, table }) => ({ index, table })),
      [{ index: 'public.lesson_title', table: 'public.lesson' }],
    );
    assert((unusedIndexes[0]?.bytes ?? 0) > 100_000);
  });

  it('shows big tables that are read from end to end, and where', async () => {
    const onReplica = ({ host }: { host: string }) => host === new URL(targets.replicas[0] ?? '').host;
    const { sequentialScans } = await reportWhen((report) => report.sequentialScans.some(onReplica));
    const scan = sequentialScans.find(onReplica);
    assert.equal(scan?.table, 'public.lesson');
    assert.equal(scan.rows, 20_000);
    assert.equal(scan.scans, 2);
    assert.equal(scan.rowsPerScan, 20_000);
  });

  it('shows how much was found in memory', async () => {
    const { cacheHits } = await reportWhen((report) =>
      report.cacheHits.every((hits) => hits.tablesPercent !== undefined),
    );
    for (const { tablesPercent } of cacheHits)
      assert(tablesPercent !== undefined && tablesPercent > 0 && tablesPercent <= 100);
  });

  it('shows connections by role, application and state against the limit', async () => {
    const { connections } = await createReport(targets, 50);
    const [primary, replica] = connections;
    assert.equal(primary?.max, 200);
    const group = replica?.groups.find(({ application }) => application === 'courses');
    assert.deepEqual({ count: group?.count, state: group?.state }, { count: 1, state: 'idle' });
    assert(replica !== undefined && replica.used >= 2 && replica.used < 200);
  });

  it('shows every host as this process and those of the platform see it', async (t) => {
    const told = { role: 'replica', state: 'ejected', reason: 'no answer within 500 ms', ejections: 7 };
    const page = {
      pid: 1,
      workers: [{ pid: 2, database: { hosts: [{ name: 'a:1', ...told }] } }, { pid: 3 }],
    };
    const server = createServer((_request, response) => response.end(JSON.stringify(page)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const management = { courses: `http://127.0.0.1:${port}`, auth: `http://127.0.0.1:${await freePort()}` };
    const { hosts, unreachable } = await createReport({ ...targets, management }, 5);
    assert.deepEqual(
      hosts.slice(0, 2).map(({ seenBy, role, state, reason, lagMs }) => ({
        seenBy,
        role,
        state,
        reason,
        hasLag: lagMs !== null,
      })),
      (['primary', 'replica'] as const).map((role) => ({
        seenBy: 'db-report',
        role,
        state: 'up',
        reason: 'answers',
        hasLag: role === 'replica',
      })),
    );
    assert.deepEqual(hosts.slice(2), [{ seenBy: 'courses 2', name: 'a:1', ...told }]);
    assert.equal(unreachable.length, 1);
    assert.match(unreachable[0] ?? '', /auth does not tell its health: .*ECONNREFUSED/);
  });

  it('shows every replica with how far it is behind', async () => {
    const { replication } = await createReport(targets, 50);
    assert.deepEqual(
      replication.map(({ replica, state }) => ({ replica, state })),
      [{ replica: 'replica-1', state: 'streaming' }],
    );
    assert((replication[0]?.behindBytes ?? -1) >= 0);
  });

  it('goes on without a replica that is away, and says so', async () => {
    const report = await createReport(
      { ...targets, replicas: ['postgres://nobody:secret@127.0.0.1:1/none'] },
      5,
    );
    const away = report.hosts.find(({ role }) => role === 'replica');
    assert.equal(away?.state, 'ejected');
    assert.match(away.reason, /ECONNREFUSED/);
    assert.equal(report.unreachable.length, 1);
    assert.match(report.unreachable[0] ?? '', /127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
    assert.doesNotMatch(report.unreachable[0] ?? '', /secret/);
  });

  it('says when pg_stat_statements is missing', async () => {
    const url = new URL(targets.primary);
    url.pathname = '/template1';
    const report = await createReport({ primary: url.href, replicas: [] }, 5);
    assert.deepEqual(report.withoutStatements, [url.host]);
    assert.deepEqual(report.statements, []);
  });
});

describe('db:report', () => {
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...options], {
      encoding: 'utf8',
      timeout: 60_000,
    });

  it('prints tables, and JSON where asked', () => {
    const servers = ['--url', targets.primary, '--replica-url', targets.replicas[0] ?? ''];
    const { stdout, status } = run(...servers);
    assert.equal(status, 0);
    for (const title of [
      'Hosts, as each process sees them',
      'Statements, by time spent',
      'Indexes that no server uses',
      'Found in memory',
      'Replicas',
    ]) {
      assert.match(stdout, new RegExp(`^${title}$`, 'm'));
    }
    assert.match(stdout, /replica-1 +streaming/);
    assert.doesNotMatch(stdout, new RegExp(new URL(targets.primary).password));
    const report = JSON.parse(run(...servers, '--json').stdout) as Report;
    assert.equal(report.connections.length, 2);
  });

  it('explains itself, and what is wrong', () => {
    assert.match(run('--help').stdout, /^Usage: npm run db:report/);
    for (const [options, message] of [
      [['--url', 'nonsense'], /a connection string looks like/],
      [['--limit', 'x'], /--limit is a number/],
      [['--url', 'postgres://a:secret@127.0.0.1:1/b'], /127\.0\.0\.1:1 cannot be reached/],
    ] as const) {
      const { stderr, status } = run(...options);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /secret|\n {4}at /);
    }
  });
});
