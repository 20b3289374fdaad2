import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';

import type { Database } from '../database.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';

const STALENESS_MAX_MS = 1_000;

describe('a late replica', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;

  before(async () => {
    cluster = await startTestCluster();
    db = await cluster.open({ stalenessMaxMs: STALENESS_MAX_MS, slowStartMs: 1 });
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const statusOf = (port: number) => {
    const status = db.hosts().find(({ name }) => name.endsWith(`:${port}`));
    assert.ok(status);
    return status;
  };
  const portsOf = async (reads: number) => {
    const ports = new Set<number>();
    for (let read = 0; read < reads; read += 1) {
      const { port } = await db
        .selectNoFrom(readSafe<number>`inet_server_port()`.as('port'))
        .executeTakeFirstOrThrow();
      ports.add(port);
    }
    return ports;
  };

  test('serves nobody while what it shows is too old, and serves again when it has caught up', async () => {
    const [late, punctual] = cluster.replicas;
    assert.ok(late && punctual);
    await late.setReplayDelay(60_000);
    const states: string[] = [];
    db.events.on('host', ({ name, state }) => states.push(`${name} ${state}`));
    const write = () => db.insertInto('note').values({ author: 'lag', value: 1 }).execute();
    await waitFor(
      async () => {
        await write();
        return statusOf(late.port).state === 'stale';
      },
      { timeoutMs: 20_000, what: 'a closed gate' },
    );
    const { lagMs = 0, lagBytes = 0, reason } = statusOf(late.port);
    assert.ok(lagMs > STALENESS_MAX_MS && lagMs < 10_000, `${lagMs} ms`);
    assert.ok(lagBytes > 0);
    assert.match(reason, /older than 1000 ms/);
    assert.deepEqual(await portsOf(50), new Set([punctual.port]));

    // Both late: the primary answers.
    await punctual.setReplayDelay(60_000);
    await waitFor(
      async () => {
        await write();
        return statusOf(punctual.port).state === 'stale';
      },
      { timeoutMs: 20_000 },
    );
    assert.deepEqual(await portsOf(5), new Set([cluster.primary.port]));

    for (const replica of [late, punctual]) await replica.setReplayDelay(0);
    await waitFor(() => db.hosts().every(({ state }) => state === 'up'), { what: 'open gates' });
    await waitFor(async () => (await portsOf(10)).has(late.port));
    assert.deepEqual(states, [
      `127.0.0.1:${late.port} stale`,
      `127.0.0.1:${punctual.port} stale`,
      ...states.slice(2),
    ]);
    assert.deepEqual(
      states.slice(2).sort(),
      [`127.0.0.1:${late.port} up`, `127.0.0.1:${punctual.port} up`].sort(),
    );
    assert.deepEqual(
      db.hosts().map(({ ejections }) => ejections),
      [0, 0, 0],
    );
  });

  test('an idle primary makes nobody late', async () => {
    await cluster.replicas[0]?.catchUpWith(cluster.primary);
    await cluster.replicas[1]?.catchUpWith(cluster.primary);
    const start = performance.now();
    // Longer than the limit, without a write.
    await waitFor(async () => {
      for (const { role, state, lagMs = 0 } of await db.check()) {
        assert.equal(state, 'up');
        if (role === 'replica') assert.ok(lagMs < STALENESS_MAX_MS, `${lagMs} ms`);
      }
      return performance.now() - start > 2 * STALENESS_MAX_MS;
    });
  });

  test('a dead primary makes nobody late', async () => {
    await cluster.primary.kill('SIGKILL');
    try {
      const start = performance.now();
      await waitFor(async () => {
        const replicas = (await db.check()).filter(({ role }) => role === 'replica');
        assert.deepEqual(
          replicas.map(({ state }) => state),
          ['up', 'up'],
        );
        return performance.now() - start > 2 * STALENESS_MAX_MS;
      });
    } finally {
      await cluster.primary.start();
    }
  });
});
