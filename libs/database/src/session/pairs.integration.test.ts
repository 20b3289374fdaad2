import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runPairs } from '../testing/pairs.ts';
import { startTestCluster } from '../testing/test-cluster.ts';

// `bench/read-your-writes.ts` does the same with 10,000.
test('what a user writes in one process he reads in another, while replicas replay 150 ms late', async (t) => {
  const cluster = await startTestCluster();
  t.after(() => cluster.stop());
  for (const replica of cluster.replicas) await replica.setReplayDelay(150);
  const { reads, stale, byReplicas } = await runPairs(cluster, {
    pairs: 300,
    processes: 3,
    users: 30,
    thinkMsMax: 1_000,
    seed: 1,
  });
  assert.equal(stale, 0);
  assert.ok(byReplicas > 0 && byReplicas < reads, `${byReplicas} of ${reads} by replicas`);
  t.diagnostic(`${byReplicas} of ${reads} reads by replicas`);
});
