import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDatabase } from '@ganitagya/database';
import { postgresForTest, waitFor } from '@ganitagya/testing';
import { databaseHealth } from './database-health.ts';

test('the health of a database tells of every host how it is and why', async (t) => {
  const cluster = await postgresForTest(t, { replicas: 1 });
  const [replica] = cluster.replicas;
  assert.ok(replica);
  const database = createDatabase<unknown>({
    primary: cluster.primary.url(),
    replicas: [replica.url()],
    applicationName: 'health-test',
  });
  t.after(() => database.destroy());
  // The replica's age is measured by what the primary was seen at.
  const healthy = await waitFor(
    async () => {
      const health = await databaseHealth(database);
      return health.status === 'up' && typeof health.hosts[1]?.lagBytes === 'number' && health;
    },
    { what: 'both hosts, and the age of the replica', timeoutMs: 30_000 },
  );
  assert.equal(healthy.writable, true);
  const [primary, standby] = healthy.hosts;
  assert.deepEqual(
    { ...primary, replayed: '', latencyMs: 0, weight: 0 },
    {
      name: `127.0.0.1:${cluster.primary.port}`,
      role: 'primary',
      state: 'up',
      reason: 'answers',
      lagMs: null,
      lagBytes: null,
      replayed: '',
      inFlight: 0,
      waiting: 0,
      ejections: 0,
      latencyMs: 0,
      weight: 0,
    },
  );
  assert.match(String(primary?.replayed), /^[0-9A-F]+\/[0-9A-F]+$/);
  assert.equal(typeof standby?.lagMs, 'number');
  assert.equal(typeof standby?.lagBytes, 'number');
  assert.deepEqual(JSON.parse(JSON.stringify(healthy)), healthy);

  await replica.kill();
  const degraded = await waitFor(
    async () => {
      const health = await databaseHealth(database);
      return health.status === 'degraded' && health;
    },
    { what: 'the ejection of the replica' },
  );
  assert.equal(degraded.writable, true);
  const lost = degraded.hosts.find(({ role }) => role === 'replica');
  assert.deepEqual(
    { state: lost?.state, ejections: lost?.ejections, lagMs: lost?.lagMs, replayed: lost?.replayed },
    { state: 'ejected', ejections: 1, lagMs: null, replayed: null },
  );
  assert.match(String(lost?.reason), /ECONNREFUSED|terminat|closed|reset/i);

  await cluster.primary.kill();
  const down = await waitFor(
    async () => {
      const health = await databaseHealth(database);
      return health.status === 'down' && health;
    },
    { what: 'the ejection of the primary' },
  );
  assert.equal(down.writable, false);
});
