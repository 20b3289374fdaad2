import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';
import { sql } from 'kysely';
import pg from 'pg';

import type { Database } from '../database.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { parseWalPosition } from '../wal-position.ts';
import { createSession, currentSession, runInSession } from './session.ts';

const PAIRS = 200;
const DELAY_MS = 300;

describe('a session reads its own writes while replicas are late', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;

  before(async () => {
    cluster = await startTestCluster();
    for (const replica of cluster.replicas) await replica.setReplayDelay(DELAY_MS);
    db = await cluster.open();
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const add = (value: number) =>
    db.insertInto('note').values({ author: 'pair', value }).returning('id').executeTakeFirstOrThrow();
  const read = (id: number) => db.selectFrom('note').select('value').where('id', '=', id).executeTakeFirst();

  test('without a session a read right after a write is stale: the delay is real', async () => {
    const { id } = await add(1);
    assert.equal(await read(id), undefined);
  });

  test(`0 of ${PAIRS} are stale, and replicas answer again once they have caught up`, async () => {
    const hosts: string[] = [];
    const listener = (event: { queryType: string; route: string }) => {
      if (event.queryType === 'select') hosts.push(event.route);
    };
    db.events.on('query', listener);
    let stale = 0;
    await runInSession(createSession(), async () => {
      for (let value = 0; value < PAIRS; value += 1) {
        const { id } = await add(value);
        if ((await read(id))?.value !== value) stale += 1;
        // Now and then long enough for the replicas to follow, so that both routes are taken.
        if (value % 50 === 49) {
          assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
          if ((await read(id))?.value !== value) stale += 1;
        }
      }
    });
    db.events.off('query', listener);
    assert.equal(stale, 0);
    assert.equal(hosts.filter((route) => route === 'replica').length, PAIRS / 50);
    assert.equal(hosts.filter((route) => route === 'primary').length, PAIRS);
  });

  test('a transaction counts after its commit, and a read beside it is never older', async () => {
    const session = createSession();
    await runInSession(session, async () => {
      const id = await db.transaction().execute(async (transaction) => {
        const added = await transaction
          .insertInto('note')
          .values({ author: 'transaction', value: 7 })
          .returning('id')
          .executeTakeFirstOrThrow();
        return added.id;
      });
      assert.equal((await read(id))?.value, 7);
      assert.equal(currentSession(), session);
    });
    assert.equal(session.wrote, true);
    assert.match(session.position ?? '', /^[0-9A-F]+\/[0-9A-F]+$/);
  });

  test('a controlled transaction counts from its commit on', async () => {
    await runInSession(createSession(), async () => {
      const transaction = await db.startTransaction().execute();
      const { id } = await transaction
        .insertInto('note')
        .values({ author: 'controlled', value: 8 })
        .returning('id')
        .executeTakeFirstOrThrow();
      await transaction.commit().execute();
      assert.equal((await read(id))?.value, 8);
    });
  });

  test("a position carried to another database object makes the user's next request read it", async () => {
    const session = createSession();
    const { id } = await runInSession(session, () => add(9));
    const other = await cluster.open();
    const next = createSession(session.position);
    const row = await runInSession(next, () =>
      other.selectFrom('note').select('value').where('id', '=', id).executeTakeFirst(),
    );
    assert.equal(row?.value, 9);
    assert.equal(next.wrote, false);
    await other.destroy();
  });

  test('sessions do not mix', async () => {
    const routes = await Promise.all(
      [true, false].map((writes) =>
        runInSession(createSession(), async () => {
          if (writes) await add(10);
          return currentSession()?.wrote;
        }),
      ),
    );
    assert.deepEqual(routes, [true, false]);
  });

  test('caughtUp says no in time, and yes when it is so', async () => {
    await runInSession(createSession(), async () => {
      await add(11);
      const start = performance.now();
      assert.equal(await db.caughtUp({ timeoutMs: 50 }), false);
      assert.ok(performance.now() - start < DELAY_MS);
      assert.equal(await db.caughtUp({ timeoutMs: 10_000 }), true);
    });
  });

  test('a commit that ends a WAL page does not keep its session on the primary', async () => {
    for (const replica of cluster.replicas) await replica.setReplayDelay(0);
    // Positions just behind a page header are where the insert position, wrongly taken, would wait for ever.
    let boundaries = 0;
    const admin = new pg.Client({ connectionString: cluster.adminUrl });
    await admin.connect();
    for (let round = 0; round < 4_000 && boundaries < 2; round += 1) {
      const session = createSession();
      await runInSession(session, async () => {
        await db
          .insertInto('note')
          .values({ author: 'x'.repeat(round % 61), value: round })
          .execute();
        const { rows } = await admin.query<{ offset: string }>(
          `select (pg_current_wal_insert_lsn() - '0/0') % 8192 as offset`,
        );
        if (!['24', '40'].includes(rows[0]?.offset ?? '')) return;
        boundaries += 1;
        assert.ok(await db.caughtUp({ timeoutMs: 5_000 }));
      });
    }
    await admin.end();
    assert.ok(boundaries > 0, 'no commit ended a page');
  });

  test('a commit that does not wait for the disk is covered as well', async () => {
    const relaxed = await cluster.open({ replicas: [] });
    for (let round = 0; round < 20; round += 1) {
      const session = createSession();
      const end = await runInSession(session, () =>
        relaxed.connection().execute(async (connection) => {
          await sql`set synchronous_commit = off`.execute(connection);
          await connection.insertInto('note').values({ author: 'relaxed', value: round }).execute();
          const { rows } = await sql<{ end: string }>`select pg_current_wal_insert_lsn() as end`.execute(
            connection,
          );
          return rows[0]?.end ?? '';
        }),
      );
      assert.ok(parseWalPosition(session.position ?? '0/0') >= parseWalPosition(end));
    }
    await relaxed.destroy();
  });

  test('a write whose connection breaks keeps the session on the primary', async () => {
    const session = createSession();
    await runInSession(session, async () => {
      const doomed = db.connection().execute(async (connection) => {
        const { pid } = await connection
          .selectNoFrom((eb) => eb.fn<number>('pg_backend_pid').as('pid'))
          .executeTakeFirstOrThrow();
        await cluster.primary.query(`select pg_terminate_backend(${pid})`);
        await connection.insertInto('note').values({ author: 'doomed', value: 1 }).execute();
      });
      await assert.rejects(doomed);
      assert.equal(session.canReadAt(0xffff_ffff_ffffn), false);
      await waitFor(async () => (await add(12)).id > 0);
      assert.equal(session.canReadAt(0xffff_ffff_ffffn), true);
    });
  });
});
