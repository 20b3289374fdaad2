import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';
import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { createSession, runInSession } from './session.ts';

const place = [
  readSafe<number>`inet_server_port()`.as('port'),
  readSafe<number>`pg_backend_pid()`.as('pid'),
] as const;

describe('a session takes its connection when its first statement tells where', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;
  let events: { route: string; reason: string }[] = [];

  before(async () => {
    cluster = await startTestCluster();
    db = await cluster.open();
    db.events.on('query', ({ route, reason }) => events.push({ route, reason }));
    await db.insertInto('note').values({ author: 'first', value: 1 }).execute();
    assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
  });
  beforeEach(() => {
    events = [];
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const readOnly = () => db.transaction().setAccessMode('read only');
  const isReplica = (port: number) => cluster.replicas.some((replica) => replica.port === port);
  const isIdle = () => db.hosts().every(({ inFlight }) => inFlight === 0);

  test('a transaction that only reads is one snapshot on one connection of a replica', async () => {
    await readOnly()
      .setIsolationLevel('repeatable read')
      .execute(async (transaction) => {
        const first = await transaction.selectNoFrom(place).executeTakeFirstOrThrow();
        assert.ok(isReplica(first.port));
        const before = await transaction.selectFrom('note').selectAll().execute();
        await db.insertInto('note').values({ author: 'meanwhile', value: 1 }).execute();
        assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
        assert.deepEqual(await transaction.selectFrom('note').selectAll().execute(), before);
        assert.deepEqual(await transaction.selectNoFrom(place).executeTakeFirstOrThrow(), first);
      });
    assert.ok(isIdle());
    assert.deepEqual(
      events.filter(({ reason }) => reason === 'read').map(({ route }) => route),
      ['replica', 'replica', 'replica', 'replica'],
    );
  });

  test('a write in it fails as it does on any host, and gives the connection back', async () => {
    await assert.rejects(
      readOnly().execute((transaction) =>
        transaction.insertInto('note').values({ author: 'x', value: 1 }).execute(),
      ),
      { code: '25006' },
    );
    assert.ok(isIdle());
  });

  test('an error tells who asked, through all that lies between', async () => {
    const asks = async (transaction: Pick<Database<TestSchema>, 'selectFrom'>) => {
      await transaction.selectFrom('note').selectAll().where('id', 'in', []).execute();
    };
    const isTold = (error: Error) => error.stack?.includes(import.meta.filename) ?? false;
    await assert.rejects(asks(db), isTold);
    await assert.rejects(readOnly().execute(asks), isTold);
    await assert.rejects(db.transaction().execute(asks), isTold);
  });

  test('savepoints, streams and raw statements work in it', async () => {
    const transaction = await db.startTransaction().setAccessMode('read only').execute();
    const savepoint = await transaction.savepoint('before').execute();
    await assert.rejects(sql`select 1 / 0`.execute(savepoint), { code: '22012' });
    await savepoint.rollbackToSavepoint('before').execute();
    const ports = new Set<number>();
    for await (const row of transaction.selectFrom('note').select(place[0]).stream(1)) ports.add(row.port);
    const { rows } = await sql<{ port: number }>`select inet_server_port() as port`.execute(transaction);
    ports.add(rows[0]?.port ?? 0);
    assert.equal(ports.size, 1);
    assert.ok([...ports].every(isReplica));
    await transaction.commit().execute();
    await waitFor(isIdle);
  });

  test('a statement aborted in it is cancelled on the replica that runs it', async () => {
    const running = async () => {
      const found = await Promise.all(
        cluster.replicas.map((host) =>
          host.query(`select from pg_stat_activity where query like '%pg_sleep(31)%' and state = 'active'
                      and pid <> pg_backend_pid()`),
        ),
      );
      return found.flat().length;
    };
    const abort = new AbortController();
    const rejected = assert.rejects(
      readOnly().execute((transaction) =>
        transaction
          .selectNoFrom(readSafe`pg_sleep(31)`.as('slept'))
          .execute({ signal: abort.signal, inflightQueryAbortStrategy: 'cancel query' }),
      ),
    );
    await waitFor(async () => (await running()) === 1);
    abort.abort();
    await rejected;
    await waitFor(async () => (await running()) === 0);
    await waitFor(isIdle);
  });

  test('it goes where its session can read: after a write to the primary, which is shared', async () => {
    for (const replica of cluster.replicas) await replica.setReplayDelay(60_000);
    try {
      await runInSession(createSession(), async () => {
        const { id } = await db
          .insertInto('note')
          .values({ author: 'own', value: 7 })
          .returning('id')
          .executeTakeFirstOrThrow();
        const row = await readOnly().execute((transaction) =>
          transaction.selectFrom('note').select('value').where('id', '=', id).executeTakeFirst(),
        );
        assert.equal(row?.value, 7);
      });
      assert.deepEqual(events.at(-1), { route: 'primary', reason: 'own writes' });
    } finally {
      for (const replica of cluster.replicas) await replica.setReplayDelay(0);
    }
    assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
  });

  test('serializable, read write and unsaid ones, and connection(), stay on the primary', async () => {
    const { port } = cluster.primary;
    const portIn = async (transaction: Pick<Database<TestSchema>, 'selectNoFrom'>) =>
      (await transaction.selectNoFrom(place).executeTakeFirstOrThrow()).port;
    assert.equal(await readOnly().setIsolationLevel('serializable').execute(portIn), port);
    assert.equal(await db.transaction().setAccessMode('read write').execute(portIn), port);
    assert.equal(await db.transaction().execute(portIn), port);
    assert.equal(await db.connection().execute(portIn), port);
    await db.connection().execute(async (connection) => {
      assert.ok(isReplica(await connection.transaction().setAccessMode('read only').execute(portIn)));
    });
    assert.ok(isIdle());
  });

  test('a session without a statement takes no connection', async () => {
    await db.connection().execute(() => {
      assert.ok(isIdle());
      return Promise.resolve();
    });
  });

  test('a read-only transaction begins elsewhere when its replica dies', async () => {
    const [victim] = cluster.replicas;
    await Promise.all(Array.from({ length: 20 }, () => db.selectNoFrom(place).execute()));
    await victim?.kill('SIGKILL');
    for (let round = 0; round < 20; round += 1) {
      const { port } = await readOnly().execute((transaction) =>
        transaction.selectNoFrom(place).executeTakeFirstOrThrow(),
      );
      assert.notEqual(port, victim?.port);
    }
    await victim?.start();
    assert.ok(isIdle());
  });
});
