import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Kysely, sql } from 'kysely';

import { createDialect } from '../database.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { createSession, runInSession } from './session.ts';

const port = readSafe<number>`inet_server_port()`.as('port');

describe('a Kysely of its own over the dialect', () => {
  let cluster: TestCluster;
  let db: Kysely<TestSchema>;
  const log: string[] = [];

  before(async () => {
    cluster = await startTestCluster();
    // Its probes say when the replicas are up; the dialect's own do the same a moment later.
    const twin = await cluster.open();
    const app = { user: 'lab_app', password: 'app' };
    db = new Kysely<TestSchema>({
      dialect: createDialect({
        primary: cluster.primary.url(app.user, app.password),
        replicas: cluster.replicas.map((replica) => replica.url(app.user, app.password)),
        applicationName: 'dialect',
      }),
      log: ({ query }) => {
        log.push(query.sql);
      },
    });
    await twin.destroy();
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const portOf = async (kysely: Pick<Kysely<TestSchema>, 'selectNoFrom'>) =>
    (await kysely.selectNoFrom(port).executeTakeFirstOrThrow()).port;
  const isReplica = (value: number) => cluster.replicas.some((replica) => replica.port === value);

  test('reads go to replicas, writes and transactions to the primary', async () => {
    while (!isReplica(await portOf(db)));
    const { port: written } = await db
      .insertInto('note')
      .values({ author: 'dialect', value: 1 })
      .returning(port)
      .executeTakeFirstOrThrow();
    assert.equal(written, cluster.primary.port);
    assert.equal(await db.transaction().execute(portOf), cluster.primary.port);
    assert.ok(isReplica(await db.transaction().setAccessMode('read only').execute(portOf)));
    for await (const row of db.selectNoFrom(port).stream()) assert.ok(isReplica(row.port));
  });

  test('connection() is one session of the primary from its second statement on', async () => {
    const pid = sql<number>`select pg_backend_pid() as pid`;
    await db.connection().execute(async (connection) => {
      assert.ok(isReplica(await portOf(connection)));
      assert.equal(await portOf(connection), cluster.primary.port);
      assert.deepEqual((await pid.execute(connection)).rows, (await pid.execute(connection)).rows);
    });
  });

  test('sessions read their own writes', async () => {
    for (const replica of cluster.replicas) await replica.setReplayDelay(60_000);
    await runInSession(createSession(), async () => {
      const { id } = await db
        .insertInto('note')
        .values({ author: 'own', value: 2 })
        .returning('id')
        .executeTakeFirstOrThrow();
      assert.ok(await db.selectFrom('note').select('id').where('id', '=', id).executeTakeFirst());
    });
    for (const replica of cluster.replicas) await replica.setReplayDelay(0);
  });

  test('an aborted statement is cancelled, and a failed rollback does not spoil the pool', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(
      db
        .selectNoFrom(readSafe`pg_sleep(9)`.as('slept'))
        .execute({ signal: abort.signal, inflightQueryAbortStrategy: 'cancel query' }),
    );
    await assert.rejects(
      db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
        await cluster.primary.query(`select pg_terminate_backend(${String(rows[0]?.pid)})`);
        await transaction.selectFrom('note').selectAll().execute();
      }),
    );
    assert.equal(await db.transaction().execute(portOf), cluster.primary.port);
  });

  test("Kysely's log tells every statement, those around a transaction as well", async () => {
    log.length = 0;
    await db.transaction().execute(portOf);
    assert.deepEqual(log, ['begin', 'select inet_server_port() as "port"', 'commit']);
  });
});
