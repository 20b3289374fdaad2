import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startProxy, waitFor } from '@ganitagya/testing';

import { createDatabase, type Database } from '../database.ts';
import { isDatabaseUnavailable } from '../errors.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { queryOptions } from './query-options.ts';
import { readSafe } from './read-safe.ts';

const PORT = readSafe<number>`inet_server_port()`.as('port');
const SLEEP = readSafe`pg_sleep(30)`.as('slept');
const LIMIT = readSafe<string>`current_setting('statement_timeout')`.as('timeout');

describe('options of a query', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;

  before(async () => {
    cluster = await startTestCluster();
    db = await cluster.open({ replicaTimeoutMs: 20_000, statementTimeoutMs: 20_000 });
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const sleepers = async () => {
    const rows = await Promise.all(
      [cluster.primary, ...cluster.replicas].map((host) =>
        host.query<{ application: string; query: string }>(
          `select application_name as application, query from pg_stat_activity
            where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
        ),
      ),
    );
    return rows.flat();
  };
  const idle = () =>
    waitFor(() => db.hosts().every(({ inFlight, waiting }) => inFlight + waiting === 0), {
      timeoutMs: 5_000,
      what: 'no connection in use',
    });

  test('an abort ends the statement on the server: a read, a write, one in a transaction, a stream', async () => {
    const work: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      read: (signal) => db.selectNoFrom(SLEEP).execute({ signal }),
      write: (signal) =>
        db
          .updateTable('note')
          .set((eb) => ({ value: eb.cast<number>(eb.fn('length', ['author']), 'integer') }))
          .where(readSafe<boolean>`pg_sleep(30) is not null`)
          .execute({ signal }),
      transaction: (signal) =>
        db.transaction().execute((transaction) => transaction.selectNoFrom(SLEEP).execute({ signal })),
      stream: async (signal) => {
        for await (const row of db.selectNoFrom(SLEEP).stream({ signal, chunkSize: 1 })) assert.ok(row);
      },
    };
    await db.insertInto('note').values({ author: 'abort', value: 1 }).execute();
    for (const [name, run] of Object.entries(work)) {
      const abort = new AbortController();
      const refused = assert.rejects(run(abort.signal), /gone/, name);
      await waitFor(async () => (await sleepers()).length === 1, { what: `a sleeping ${name}` });
      abort.abort(new Error('gone'));
      await refused;
      await waitFor(async () => (await sleepers()).length === 0, {
        timeoutMs: 2_000,
        what: `no sleeping ${name}`,
      });
      await idle();
    }
    // The connections are as good as before.
    await Promise.all(Array.from({ length: 20 }, () => db.selectNoFrom(PORT).execute()));
  });

  test('a deadline reaches the server, bounds everything, and ends with the statement', async () => {
    const quick = db.withPlugin(queryOptions({ timeoutMs: 1_000 }));
    assert.equal((await quick.selectNoFrom(LIMIT).executeTakeFirst())?.timeout, '1s');
    const start = performance.now();
    await assert.rejects(quick.selectNoFrom(SLEEP).execute(), isDatabaseUnavailable);
    await assert.rejects(quick.selectNoFrom(SLEEP).forShare().execute(), isDatabaseUnavailable);
    assert.ok(performance.now() - start < 6_000);
    await waitFor(async () => (await sleepers()).length === 0, { timeoutMs: 2_000 });
    await idle();
    // Whoever gets the same connections next has the usual time.
    const limits = await Promise.all(
      Array.from({ length: 10 }, () => db.selectNoFrom(LIMIT).executeTakeFirstOrThrow()),
    );
    assert.deepEqual(new Set(limits.map(({ timeout }) => timeout)), new Set(['20s']));
    const inTransaction = await db
      .transaction()
      .execute((transaction) => transaction.selectNoFrom(LIMIT).executeTakeFirst());
    assert.equal(inTransaction?.timeout, '20s');
  });

  test('it bounds streams, and each statement of the transactions of its handle', async () => {
    const quick = db.withPlugin(queryOptions({ timeoutMs: 600 }));
    const drain = async () => {
      for await (const row of quick.selectNoFrom(SLEEP).stream()) assert.ok(row);
    };
    await assert.rejects(drain(), isDatabaseUnavailable);
    for (const transaction of [quick.transaction(), quick.transaction().setAccessMode('read only')]) {
      await assert.rejects(
        transaction.execute(async (inside) => {
          assert.equal((await inside.selectNoFrom(LIMIT).executeTakeFirst())?.timeout, '600ms');
          await inside.selectNoFrom(SLEEP).execute();
        }),
        { code: '57014' },
      );
    }
    await waitFor(async () => (await sleepers()).length === 0, { timeoutMs: 2_000 });
    await idle();
  });

  test('a late replica is asked by those who bear it, and by no others', async () => {
    for (const replica of cluster.replicas) await replica.setReplayDelay(60_000);
    try {
      await waitFor(
        async () => {
          await db.insertInto('note').values({ author: 'late', value: 1 }).execute();
          return db.hosts().every(({ role, lagMs = 0 }) => role === 'primary' || lagMs > 600);
        },
        { timeoutMs: 20_000, what: 'late replicas' },
      );
      const portWith = async (stalenessMaxMs: number) =>
        (await db.withPlugin(queryOptions({ stalenessMaxMs })).selectNoFrom(PORT).executeTakeFirst())?.port;
      assert.equal(await portWith(500), cluster.primary.port);
      assert.notEqual(await portWith(60_000), cluster.primary.port);
    } finally {
      for (const replica of cluster.replicas) await replica.setReplayDelay(0);
      for (const replica of cluster.replicas) await replica.catchUpWith(cluster.primary);
    }
  });

  test('the name of the application and the trace are seen on the server, and nothing else gets in', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const [trace, ending] of [
      [traceparent, `/*traceparent='${traceparent}'*/`],
      ["*/; drop table note; --'", '"slept"'],
    ] as const) {
      const traced = await cluster.open({ trace: () => trace, replicaTimeoutMs: 20_000 });
      const abort = new AbortController();
      const refused = assert.rejects(traced.selectNoFrom(SLEEP).execute({ signal: abort.signal }));
      const [seen] = await waitFor(async () => {
        const found = await sleepers();
        return found.length === 1 && found;
      });
      assert.equal(seen?.application, 'lab');
      assert.ok(seen.query.endsWith(ending), seen.query);
      abort.abort();
      await refused;
      await traced.destroy();
      await waitFor(async () => (await sleepers()).length === 0);
    }
  });

  test('a hedged read is answered by another replica when the first is slow, which is told to stop', async (t) => {
    const proxies = await Promise.all(cluster.replicas.map((replica) => startProxy({ port: replica.port })));
    const hedged = createDatabase<TestSchema>({
      primary: cluster.primary.url('lab_app', 'app'),
      replicas: proxies.map((proxy) => {
        const url = new URL(cluster.primary.url('lab_app', 'app'));
        url.port = String(proxy.port);
        return url.href;
      }),
      applicationName: 'lab',
      balancing: 'round-robin',
      probeTimeoutMs: 5_000,
      replicaTimeoutMs: 5_000,
      // A new connection takes three round trips.
      acquireTimeoutMs: 5_000,
      slowStartMs: 1,
    });
    t.after(async () => {
      await hedged.destroy();
      for (const proxy of proxies) await proxy.close();
    });
    await waitFor(async () => (await hedged.check()).every(({ state }) => state === 'up'));
    const marked = hedged.withPlugin(queryOptions({ hedge: true }));
    const read = async (handle = marked) => {
      const start = performance.now();
      await handle.selectNoFrom(PORT).execute();
      return performance.now() - start;
    };
    for (let round = 0; round < 100; round += 1) await read();
    const [slow] = proxies;
    assert.ok(slow);
    slow.latencyMs = 300;
    const times: number[] = [];
    for (let round = 0; round < 8; round += 1) times.push(await read());
    assert.ok(Math.max(...times) < 500, times.join(' '));
    // Whoever does not ask for it waits.
    const plain = [await read(hedged), await read(hedged)];
    assert.ok(Math.max(...plain) >= 590, plain.join(' '));
    slow.latencyMs = 0;
    await waitFor(() => hedged.hosts().every(({ inFlight }) => inFlight === 0));
  });
});
