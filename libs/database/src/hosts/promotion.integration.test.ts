import assert from 'node:assert/strict';
import { test } from 'node:test';

import { waitFor } from '@ganitagya/testing';

import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster } from '../testing/test-cluster.ts';

const CALLERS = 8;

test('connections that were made to a standby are no reason to refuse writes when it has been promoted', async (t) => {
  const cluster = await startTestCluster({ replicas: 1 });
  t.after(() => cluster.stop());
  const [heir] = cluster.replicas;
  assert.ok(heir);
  const db = await cluster.open();
  t.after(() => db.destroy());
  const atOnce = (work: () => Promise<unknown>) => Promise.all(Array.from({ length: CALLERS }, work));
  await atOnce(() => db.selectNoFrom(readSafe`pg_sleep(0.3)`.as('slept')).execute());

  await cluster.primary.kill('SIGKILL');
  await heir.promote();
  const isLeading = () =>
    db.hosts().some(({ name, role }) => role === 'primary' && name.endsWith(`:${heir.port}`));
  await waitFor(isLeading, { what: 'another leader' });
  await atOnce(() => db.insertInto('note').values({ author: 'heir', value: 1 }).execute());
});
