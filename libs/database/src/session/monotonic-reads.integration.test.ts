import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import type { Database } from '../database.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { createSession, runInSession } from './session.ts';

const READS = 400;
const LATE_MS = 500;

describe('reads never go back in time, while one replica is later than the other', () => {
  let cluster: TestCluster;
  let databases: Database<TestSchema>[];
  let isWriting = true;
  let writing: Promise<void>;

  before(async () => {
    cluster = await startTestCluster();
    await cluster.replicas[1]?.setReplayDelay(LATE_MS);
    // Turns, so that both replicas are asked however late they are.
    const options = { balancing: 'round-robin', slowStartMs: 1 } as const;
    databases = await Promise.all([cluster.open(options), cluster.open(options)]);
    const [db] = databases;
    assert.ok(db);
    await db.insertInto('note').values({ author: 'counter', value: 0 }).execute();
    assert.ok(await db.caughtUp({ timeoutMs: 10_000 }));
    writing = (async () => {
      while (isWriting) {
        await db
          .updateTable('note')
          .set((eb) => ({ value: eb('value', '+', 1) }))
          .execute();
      }
    })();
  });
  after(async () => {
    isWriting = false;
    await writing;
    await Promise.all(databases.map((db) => db.destroy()));
    await cluster.stop();
  });

  const read = async (db: Database<TestSchema> | undefined) => {
    assert.ok(db);
    return (await db.selectFrom('note').select('value').executeTakeFirstOrThrow()).value;
  };
  const stepsBack = (values: readonly number[]) =>
    values.filter((value, index) => value < (values[index - 1] ?? 0)).length;

  test('without a session they do: the difference is real', async () => {
    const values: number[] = [];
    for (let round = 0; round < READS; round += 1) values.push(await read(databases[0]));
    assert.ok(stepsBack(values) > READS / 10);
  });

  test('in a session they never do, and replicas answer them', async () => {
    const values: number[] = [];
    let byReplicas = 0;
    const listener = ({ route, queryType }: { route: string; queryType: string }) => {
      if (queryType === 'select' && route === 'replica') byReplicas += 1;
    };
    databases[0]?.events.on('query', listener);
    for (let round = 0; round < 8; round += 1) {
      await runInSession(createSession(), async () => {
        const seen: number[] = [];
        for (let each = 0; each < READS / 8; each += 1) seen.push(await read(databases[0]));
        assert.equal(stepsBack(seen), 0);
        values.push(...seen);
      });
    }
    databases[0]?.events.off('query', listener);
    assert.equal(values.length, READS);
    assert.ok(byReplicas > READS / 2, `${byReplicas} of ${READS}`);
  });

  test('nor from request to request over two processes, when the position is carried', async () => {
    const values: number[] = [];
    let position: string | undefined;
    for (let request = 0; request < READS / 4; request += 1) {
      const db = databases[request % 2];
      const session = createSession(position);
      await runInSession(session, async () => values.push(await read(db)));
      position = await db?.settle(session);
      assert.ok(position);
    }
    assert.equal(stepsBack(values), 0);
  });

  test('nor among reads that start together', async () => {
    for (let round = 0; round < 20; round += 1) {
      await runInSession(createSession(), async () => {
        const together = await Promise.all(Array.from({ length: 8 }, () => read(databases[0])));
        assert.ok((await read(databases[0])) >= Math.max(...together));
      });
    }
  });
});
