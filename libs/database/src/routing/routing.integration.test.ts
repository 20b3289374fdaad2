import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';
import { CamelCasePlugin, sql, type Kysely } from 'kysely';

import type { Database } from '../database.ts';
import { ROUTING_CASES } from '../testing/routing-cases.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { readSafe } from './read-safe.ts';

const port = readSafe<number>`inet_server_port()`.as('port');

describe('routing on a primary and two replicas', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;
  let replicaPorts: number[];

  before(async () => {
    cluster = await startTestCluster();
    db = await cluster.open();
    replicaPorts = cluster.replicas.map((replica) => replica.port);
    await db.insertInto('note').values({ author: 'first', value: 1 }).execute();
    assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  for (const { name, route, build } of ROUTING_CASES) {
    test(`${name} is answered by ${route === 'replica' ? 'a replica' : 'the primary'}`, async () => {
      const routes: string[] = [];
      const listener = (event: { route: string }) => routes.push(event.route);
      db.events.on('query', listener);
      const rows = await build(db).execute();
      db.events.off('query', listener);
      assert.deepEqual(routes, [route]);
      for (const row of rows) {
        if (typeof row.port !== 'number') continue;
        assert.equal(replicaPorts.includes(row.port), route === 'replica');
      }
    });
  }

  const portOf = async (kysely: Kysely<TestSchema>) =>
    (await kysely.selectNoFrom(port).executeTakeFirstOrThrow()).port;

  test('reads are spread over both replicas', async () => {
    const even = await cluster.open({ balancing: 'round-robin', slowStartMs: 1 });
    const ports = await Promise.all(Array.from({ length: 60 }, () => portOf(even)));
    for (const each of replicaPorts) assert.ok(ports.filter((answered) => answered === each).length >= 10);
    await even.destroy();
  });

  test('withSchema, withPlugin and withoutPlugins keep routing', async () => {
    for (const derived of [
      db.withSchema('lab'),
      db.withPlugin(new CamelCasePlugin()),
      db.withPlugin(new CamelCasePlugin()).withoutPlugins(),
    ]) {
      assert.ok(replicaPorts.includes(await portOf(derived)));
      const added = await derived
        .insertInto('note')
        .values({ author: 'derived', value: 1 })
        .returning(port)
        .executeTakeFirstOrThrow();
      assert.equal(added.port, cluster.primary.port);
    }
  });

  test('a transaction, its reads and its savepoints stay on one connection of the primary', async () => {
    const transaction = await db.startTransaction().execute();
    const first = await transaction
      .selectNoFrom([port, readSafe<number>`pg_backend_pid()`.as('pid')])
      .executeTakeFirstOrThrow();
    assert.equal(first.port, cluster.primary.port);
    await transaction.insertInto('note').values({ author: 'kept', value: 1 }).execute();
    const savepoint = await transaction.savepoint('before').execute();
    await savepoint.insertInto('note').values({ author: 'dropped', value: 1 }).execute();
    await savepoint.rollbackToSavepoint('before').execute();
    const { pid } = await transaction
      .withSchema('lab')
      .selectNoFrom(readSafe<number>`pg_backend_pid()`.as('pid'))
      .executeTakeFirstOrThrow();
    assert.equal(pid, first.pid);
    await transaction.commit().execute();

    assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
    const authors = await db
      .selectFrom('note')
      .select('author')
      .where('author', 'in', ['kept', 'dropped'])
      .execute();
    assert.deepEqual(authors, [{ author: 'kept' }]);
  });

  test('a failed transaction leaves nothing and gives its connection back', async () => {
    await assert.rejects(
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('note').values({ author: 'lost', value: 1 }).execute();
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    const left = await db.selectFrom('note').selectAll().where('author', '=', 'lost').forShare().execute();
    assert.deepEqual(left, []);
    assert.ok(db.hosts().every(({ inFlight }) => inFlight === 0));
  });

  test('connection() keeps one session of the primary', async () => {
    await db.connection().execute(async (session) => {
      await sql`set application_name = 'pinned'`.execute(session);
      const { rows } = await sql<{ name: string; port: number }>`
        select current_setting('application_name') as name, inet_server_port() as port`.execute(session);
      assert.deepEqual(rows, [{ name: 'pinned', port: cluster.primary.port }]);
    });
  });

  test('streams come from a replica in portions, may be left early, and writes stream from the primary', async () => {
    const numbers: number[] = [];
    const series = db
      .selectFrom(readSafe<{ n: number }>`generate_series(1, 250)`.as<'series'>(readSafe`series(n)`))
      .select(['series.n', port]);
    for await (const row of series.stream(100)) {
      assert.ok(replicaPorts.includes(row.port));
      numbers.push(row.n);
    }
    assert.equal(numbers.length, 250);
    for await (const row of series.stream(10)) if (row.n === 5) break;
    await assert.rejects(
      async () => {
        for await (const row of db
          .selectFrom('missing' as 'note')
          .selectAll()
          .stream())
          assert.fail(JSON.stringify(row));
      },
      { code: '42P01' },
    );
    for await (const row of db
      .insertInto('note')
      .values({ author: 's', value: 1 })
      .returning(port)
      .stream()) {
      assert.equal(row.port, cluster.primary.port);
    }
    // Kysely does not wait for the end of the loan.
    await waitFor(() => db.hosts().every(({ inFlight }) => inFlight === 0));
  });

  test('an aborted statement is cancelled in Postgres, on the host that runs it', async () => {
    const running = async () => {
      const found = await Promise.all(
        [cluster.primary, ...cluster.replicas].map((host) =>
          host.query(`select from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active'
                      and pid <> pg_backend_pid()`),
        ),
      );
      return found.flat().length;
    };
    const wait = readSafe`pg_sleep(30)`.as('slept');
    for (const query of [db.selectNoFrom(wait), db.selectNoFrom([wait, sql`1`.as('one')])]) {
      const abort = new AbortController();
      const slow = query.execute({ signal: abort.signal, inflightQueryAbortStrategy: 'cancel query' });
      const rejected = assert.rejects(slow);
      await waitFor(async () => (await running()) === 1);
      abort.abort();
      await rejected;
      await waitFor(async () => (await running()) === 0);
    }
    await waitFor(() => db.hosts().every(({ inFlight }) => inFlight === 0));
  });

  test('introspection works', async () => {
    const tables = await db.introspection.getTables();
    assert.ok(tables.some(({ name, schema }) => name === 'note' && schema === 'lab'));
  });

  test('without replicas everything runs on the primary', async () => {
    const alone = await cluster.open({ replicas: [] });
    assert.equal(await portOf(alone), cluster.primary.port);
    assert.equal(await alone.caughtUp({ timeoutMs: 0 }), true);
    await alone.destroy();
  });
});
