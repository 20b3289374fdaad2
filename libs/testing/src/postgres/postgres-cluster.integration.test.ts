import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

import { childrenOf } from '../process/process-tree.ts';
import { waitFor } from '../wait-for.ts';
import { startPostgres, type PostgresCluster } from './postgres-cluster.ts';
import type { PostgresReplica } from './postgres-replica.ts';

const COUNT = 'select count(*)::int as count from note';

describe('a throw-away cluster with two replicas', () => {
  let cluster: PostgresCluster;
  let replica: PostgresReplica;

  before(async () => {
    cluster = await startPostgres({ replicas: 2 });
    replica = cluster.replicas[0] as PostgresReplica;
    await cluster.primary.query('create table note (id int)');
  });
  after(() => cluster.stop());

  const countOn = async (host: { query: PostgresReplica['query'] }) =>
    (await host.query<{ count: number }>(COUNT))[0]?.count;

  test('is Postgres 18 with the database ganitagya and pg_stat_statements loaded', async () => {
    const [row] = await cluster.primary.query(
      `select current_setting('server_version_num')::int / 10000 as version, current_database() as database,
              current_setting('shared_preload_libraries') as libraries, lower('ÉCOLE') as lower`,
    );
    assert.deepEqual(row, {
      version: 18,
      database: 'ganitagya',
      libraries: 'pg_stat_statements',
      lower: 'école',
    });
  });

  test('replicas have what was written and refuse writes', async () => {
    await cluster.primary.query('insert into note values (1)');
    for (const each of cluster.replicas) {
      await each.catchUpWith(cluster.primary);
      assert.equal(await countOn(each), 1);
      await assert.rejects(each.query('insert into note values (2)'), { code: '25006' });
    }
  });

  test('a replay delay keeps a replica behind until it is taken away', async () => {
    await replica.setReplayDelay(60_000);
    const before = await countOn(cluster.primary);
    await cluster.primary.query('insert into note values (3)');
    await cluster.replicas[1]?.catchUpWith(cluster.primary);
    assert.equal(await countOn(replica), before);
    await replica.setReplayDelay(0);
    await replica.catchUpWith(cluster.primary);
    assert.equal(await countOn(replica), (before ?? 0) + 1);
  });

  test('a frozen server answers nobody until it thaws', async () => {
    let answered = false;
    replica.freeze();
    const answer = countOn(replica).then((count) => {
      answered = true;
      return count;
    });
    await countOn(cluster.primary);
    assert.equal(answered, false);
    replica.thaw();
    assert.equal(typeof (await answer), 'number');
  });

  test('a killed server comes back on its port and goes on streaming', async () => {
    const { port } = replica;
    await replica.kill('SIGKILL');
    await assert.rejects(replica.query('select 1'));
    await cluster.primary.query('insert into note values (4)');
    await replica.start();
    assert.equal(replica.port, port);
    await replica.catchUpWith(cluster.primary);
    assert.equal(await countOn(replica), await countOn(cluster.primary));
  });

  test('a promoted replica accepts writes', async () => {
    const promoted = cluster.replicas[1] as PostgresReplica;
    await promoted.promote();
    await promoted.query('insert into note values (5)');
  });
});

test('durable data survives kill -9 of primary and replica, and the password file is private', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ganitagya-durable-'));
  const first = await startPostgres({ dataDir, replicas: 1 });
  await first.primary.query('create table note (id int)');
  await first.primary.query('insert into note values (1)');
  await Promise.all([first.primary.kill('SIGKILL'), first.replicas[0]?.kill('SIGKILL')]);
  assert.ok(existsSync(join(dataDir, 'primary', 'postmaster.pid')));
  assert.equal(statSync(join(dataDir, 'passwords')).mode & 0o777, 0o600);

  const second = await startPostgres({ dataDir, replicas: 1 });
  t.after(async () => {
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });
  const replica = second.replicas[0] as PostgresReplica;
  await replica.catchUpWith(second.primary);
  assert.deepEqual(await replica.query(COUNT), [{ count: 1 }]);
  assert.deepEqual(await second.primary.query('show fsync'), [{ fsync: 'on' }]);
});

test('a start that fails tells the end of the log and leaves nothing', async () => {
  await assert.rejects(
    startPostgres({ settings: { shared_buffers: 'plenty' } }),
    /invalid value for parameter "shared_buffers": "plenty"/,
  );
});

test('a start aborted while the data is made leaves no folder', async () => {
  const abort = new AbortController();
  const lines: string[] = [];
  const start = startPostgres({
    signal: abort.signal,
    log: (line) => {
      lines.push(line);
      if (line.startsWith('creating')) setImmediate(() => abort.abort());
    },
  });
  await assert.rejects(start);
  const folder = /in (\S+)\/primary/.exec(lines.join('\n'))?.[1];
  assert.ok(folder !== undefined && !existsSync(folder));
});

test('an aborted start leaves no process', async () => {
  const abort = new AbortController();
  const lines: string[] = [];
  const start = startPostgres({
    signal: abort.signal,
    log: (line) => {
      lines.push(line);
      if (line.includes('starting PostgreSQL')) abort.abort(new Error('changed my mind'));
    },
  });
  await assert.rejects(start, /not wanted any more/);
  const pid = Number(/\[(\d+)\] LOG: {2}starting/.exec(lines.join('\n'))?.[1]);
  await waitFor(() => !isAlive(pid), { what: 'the end of the server' });
});

for (const end of ['SIGINT', 'SIGKILL', 'exit', 'throw'] as const) {
  test(`a parent that ends by ${end} takes its servers with it`, async () => {
    const program = `
      const { startPostgres } = await import(${JSON.stringify(new URL('postgres-cluster.ts', import.meta.url).href)});
      const cluster = await startPostgres();
      const [row] = await cluster.primary.query('show data_directory');
      console.log(cluster.primary.pid + ' ' + row.data_directory);
      ${end === 'exit' ? 'process.exit(3);' : end === 'throw' ? 'throw new Error("bug");' : ''}`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(parent, 'exit');
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const [pid = '', folder = ''] = line.split(' ');
    if (end === 'SIGINT' || end === 'SIGKILL') {
      assert.ok(childrenOf(Number(pid)).length > 0);
      parent.kill(end);
    }
    await ended;
    await waitFor(() => !isAlive(Number(pid)), { what: 'the end of the server' });
    // Nobody is left to remove the folder of one that was killed outright.
    if (end === 'SIGKILL') rmSync(dirname(folder), { recursive: true });
    else assert.equal(existsSync(dirname(folder)), false);
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
