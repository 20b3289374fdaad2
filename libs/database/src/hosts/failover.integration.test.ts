import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startProxy, waitFor } from '@ganitagya/testing';

import { createDatabase } from '../database.ts';
import { isDatabaseUnavailable } from '../errors.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';

const WRITERS = 4;

/** Works without a pause from several callers until told to stop. */
function keepDoing(work: () => Promise<void>, callers = WRITERS): () => Promise<void> {
  let isOver = false;
  const loops = Array.from({ length: callers }, async () => {
    while (!isOver) {
      await work();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(loops);
  };
}

describe('another primary', () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await startTestCluster();
  });
  after(() => cluster.stop());

  const replicaAt = (index: number) => {
    const replica = cluster.replicas[index];
    assert.ok(replica);
    return replica;
  };
  const note = (value: number) => ({ author: 'failover', value });

  test('roles are what hosts say, whatever the lists say', async () => {
    const confused = createDatabase<TestSchema>({
      primary: replicaAt(0).url('lab_app', 'app'),
      replicas: [cluster.primary.url('lab_app', 'app')],
      applicationName: 'lab',
    });
    await confused.insertInto('note').values(note(1)).execute();
    const hosts = await confused.check();
    assert.deepEqual(
      hosts.map(({ role, state }) => [role, state]),
      [
        ['replica', 'up'],
        ['primary', 'up'],
      ],
    );
    await confused.destroy();
  });

  test('an address that leads to a standby now takes no writes, and takes them again when it is back', async (t) => {
    const target = { port: cluster.primary.port };
    const proxy = await startProxy(target);
    const url = new URL(cluster.primary.url('lab_app', 'app'));
    url.port = String(proxy.port);
    const db = createDatabase<TestSchema>({ primary: url.href, applicationName: 'lab' });
    t.after(async () => {
      await db.destroy();
      await proxy.close();
    });
    const write = () => db.insertInto('note').values(note(2)).execute();
    await write();

    target.port = replicaAt(0).port;
    proxy.cut();
    proxy.heal();
    await waitFor(async () => (await db.check())[0]?.role === 'replica');
    const refused = await write().then(
      () => assert.fail('written on a standby'),
      (error: unknown) => error,
    );
    assert.ok(isDatabaseUnavailable(refused), String(refused));
    assert.equal(refused.mayHaveRun, false);

    target.port = cluster.primary.port;
    proxy.cut();
    proxy.heal();
    await waitFor(() => write().then(() => true), { what: 'a write' });
  });

  test('25006 from the server is a fault of the host, from a read-only transaction it is not', async (t) => {
    const db = await cluster.open();
    t.after(() => db.destroy());
    const write = () => db.insertInto('note').values(note(3)).execute();
    const readOnly = () =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .setAccessMode('read only')
        .execute((transaction) => transaction.insertInto('note').values(note(3)).execute());
    await write();
    await assert.rejects(readOnly(), { code: '25006' });
    await cluster.primary.query('alter system set default_transaction_read_only = on');
    await cluster.primary.query('select pg_reload_conf()');
    try {
      const refused = await waitFor(() =>
        write().then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
      assert.ok(isDatabaseUnavailable(refused), String(refused));
      assert.equal(refused.mayHaveRun, false);
    } finally {
      await cluster.primary.query('alter system reset default_transaction_read_only');
      await cluster.primary.query('select pg_reload_conf()');
    }
    await waitFor(() => write().then(() => true), { what: 'a write' });
  });

  test('the primary dies and a replica is promoted: nothing acknowledged is lost, no read fails', async (t) => {
    const [heir, other] = [replicaAt(0), replicaAt(1)];
    // Acknowledged means that every replica has it: who is promoted has it all.
    await cluster.primary.query(`alter system set synchronous_standby_names = 'ANY 2 (*)'`);
    await cluster.primary.query('select pg_reload_conf()');
    const db = await cluster.open({ stalenessMaxMs: 1_500 });
    t.after(() => db.destroy());
    const journal: number[] = [];
    const readFailures: unknown[] = [];
    const writeFailures: unknown[] = [];
    const leaders: (string | undefined)[] = [];
    db.events.on('primary', ({ name }) => leaders.push(name));
    let sequence = 0;
    const stopWriters = keepDoing(async () => {
      const value = (sequence += 1);
      await db
        .insertInto('note')
        .values({ author: 'journal', value })
        .execute()
        .then(
          () => journal.push(value),
          (error: unknown) => writeFailures.push(error),
        );
    });
    t.after(stopWriters);
    const stopReaders = keepDoing(async () => {
      await db
        .selectFrom('note')
        .select('id')
        .limit(1)
        .execute()
        .catch((error: unknown) => readFailures.push(error));
    });
    t.after(stopReaders);
    await waitFor(() => journal.length > 100);

    await cluster.primary.kill('SIGKILL');
    await waitFor(() => writeFailures.length > 0);
    await heir.promote();
    const promotedAt = performance.now();
    const acknowledged = journal.length;
    await waitFor(() => journal.length > acknowledged + 20, { what: 'writes', timeoutMs: 20_000 });
    const resumedMs = performance.now() - promotedAt;
    t.diagnostic(`writes resumed ${resumedMs.toFixed(0)} ms after the promotion`);
    assert.ok(resumedMs < 5_000, `${resumedMs} ms`);

    // The other replica still follows the dead primary: it must not serve what gets older and older.
    const stateOf = (port: number) => db.hosts().find(({ name }) => name.endsWith(`:${port}`));
    await waitFor(() => stateOf(other.port)?.state === 'stale', {
      timeoutMs: 20_000,
      what: 'a stale replica',
    });
    assert.equal(stateOf(heir.port)?.role, 'primary');

    // The old primary comes back as one: the newer one goes on to lead.
    await cluster.primary.start();
    await waitFor(() => stateOf(cluster.primary.port)?.reason.includes('was replaced'), {
      timeoutMs: 20_000,
    });
    await stopWriters();
    await stopReaders();
    const port = readSafe<number>`inet_server_port()`.as('port');
    assert.equal((await db.selectNoFrom(port).executeTakeFirst())?.port, heir.port);

    const kept = await heir.query<{ value: number }>(`select value from lab.note where author = 'journal'`);
    const values = new Set(kept.map(({ value }) => value));
    assert.deepEqual(
      journal.filter((value) => !values.has(value)),
      [],
    );
    assert.deepEqual(readFailures, []);
    for (const error of writeFailures) assert.ok(isDatabaseUnavailable(error), String(error));
    assert.equal(leaders.at(-1), `127.0.0.1:${heir.port}`);
  });
});
