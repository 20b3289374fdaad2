import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';

import { createDatabase, type Database } from '../database.ts';
import { isDatabaseOverloaded } from '../errors.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';

describe('limits', () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await startTestCluster({});
  });
  after(() => cluster.stop());

  const portOf = async (db: Database<TestSchema>) =>
    (await db.selectNoFrom(readSafe<number>`inet_server_port()`.as('port')).executeTakeFirstOrThrow()).port;

  test('a full pool refuses with a type and in time, and recovers', async () => {
    const small = await cluster.open({ poolSizeMax: 2, waitersMax: 3, acquireTimeoutMs: 300, replicas: [] });
    const hold = readSafe`pg_sleep(1)`.as('slept');
    const start = performance.now();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, async () => {
        try {
          return await small.selectNoFrom(hold).execute();
        } catch (error) {
          assert.ok(performance.now() - start < 950);
          throw error;
        }
      }),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.equal(refused.length, 6);
    for (const { reason } of refused) assert.ok(isDatabaseOverloaded(reason), String(reason));
    assert.equal(await portOf(small), cluster.primary.port);
    await small.destroy();
  });

  test('reads without a replica use no more than their share of the primary', async () => {
    const dead = 'postgres://lab_app:app@127.0.0.1:9/ganitagya';
    const small = createDatabase<TestSchema>({
      primary: cluster.primary.url('lab_app', 'app'),
      replicas: [dead],
      applicationName: 'lab',
      poolSizeMax: 5,
      fallbackShareMax: 0.6,
      waitersMax: 2,
      acquireTimeoutMs: 300,
    });
    const refusals: string[] = [];
    small.events.on('query', ({ route, error }) => {
      if (isDatabaseOverloaded(error)) refusals.push(route);
    });
    const hold = readSafe`pg_sleep(0.6)`.as('slept');
    const reads = Array.from({ length: 10 }, () => small.selectNoFrom(hold).execute());
    const settled = Promise.allSettled(reads);
    await waitFor(() => small.hosts()[0]?.inFlight === 3);
    // The rest of the pool is free for writes.
    await small.insertInto('note').values({ author: 'share', value: 1 }).execute();
    const outcomes = await settled;
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(isDatabaseOverloaded(outcome.reason));
    }
    assert.deepEqual(
      refusals,
      Array.from({ length: 7 }, () => 'primary'),
    );
    await small.destroy();
  });

  test('a waiter that aborts leaves the queue', async () => {
    const small = await cluster.open({ poolSizeMax: 1, replicas: [] });
    const holding = small.selectNoFrom(readSafe`pg_sleep(0.5)`.as('slept')).execute();
    const abort = new AbortController();
    const waiting = small.selectFrom('note').selectAll().execute({ signal: abort.signal });
    await waitFor(() => small.hosts()[0]?.waiting === 1);
    abort.abort();
    await assert.rejects(waiting);
    assert.equal(small.hosts()[0]?.waiting, 0);
    await holding;
    await portOf(small);
    await small.destroy();
  });
});
