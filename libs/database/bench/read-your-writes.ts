// Do users read what they wrote, over processes and late replicas, and how much do the replicas still answer?
// node bench/read-your-writes.ts [pairs]
import { runPairs } from '../src/testing/pairs.ts';
import { startTestCluster } from '../src/testing/test-cluster.ts';

const pairs = Number(process.argv[2] ?? 10_000);
const LATE_MS = 150;

const cluster = await startTestCluster();
for (const replica of cluster.replicas) await replica.setReplayDelay(LATE_MS);
for (const thinkMsMax of [200, 1_000]) {
  const start = performance.now();
  const { reads, stale, byReplicas } = await runPairs(cluster, {
    pairs: pairs / 2,
    processes: 3,
    users: 100,
    thinkMsMax,
    seed: thinkMsMax,
  });
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  const share = ((100 * byReplicas) / reads).toFixed(1);
  console.log(
    `${reads} pairs, 3 processes, 2 replicas ${LATE_MS} ms late, 0-${thinkMsMax} ms between: ` +
      `${stale} stale, ${share} % of the reads by replicas, ${seconds} s`,
  );
  await cluster.primary.query('truncate lab.note');
}
await cluster.stop();
