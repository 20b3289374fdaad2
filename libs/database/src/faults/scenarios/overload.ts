import { atLeast, atMost, MACHINE_MS, type Bar } from '../bars.ts';
import type { Figures } from '../figures.ts';
import type { Scenario } from '../scenario.ts';

const POOL_SIZE = 4;
const FALLBACK_SHARE = 0.8;
/** Reads that the primary may run for dead replicas. */
const FALLBACK_READS = Math.floor(POOL_SIZE * FALLBACK_SHARE);
const ACQUIRE_TIMEOUT_MS = 300;
const STATEMENT_SECONDS = 0.05;
const TIMES_TOO_MUCH = 10;

const options = {
  poolSizeMax: POOL_SIZE,
  fallbackShareMax: FALLBACK_SHARE,
  acquireTimeoutMs: ACQUIRE_TIMEOUT_MS,
};

/** Ten times what the replicas' connections can answer. */
export const poolsExhausted: Scenario = {
  name: 'pools-exhausted',
  hypothesis:
    'what does not fit is refused in time and with a type; writes do not notice; it ends with the load',
  options,
  async fault({ lab, beginSlowReads }) {
    beginSlowReads(
      (TIMES_TOO_MUCH * lab.cluster.replicas.length * POOL_SIZE) / STATEMENT_SECONDS,
      STATEMENT_SECONDS,
    );
  },
  async heal({ endSlowReads, hold }) {
    await endSlowReads();
    await hold();
  },
  bars: overloadBars,
};

/** Ten times what the primary's share for reads can answer, and no replica. */
export const primaryOverrun: Scenario = {
  name: 'replicas-dead-10x',
  hypothesis: 'reads that fall on the primary leave its writes their connections',
  options,
  async fault({ lab, db, beginSlowReads }) {
    await Promise.all(lab.cluster.replicas.map((replica) => replica.kill('SIGKILL')));
    await lab.untilState(db, lab.cluster.replicas, 'ejected');
    beginSlowReads((TIMES_TOO_MUCH * FALLBACK_READS) / STATEMENT_SECONDS, STATEMENT_SECONDS);
  },
  async heal({ lab, db, endSlowReads, hold }) {
    await endSlowReads();
    await hold();
    await Promise.all(lab.cluster.replicas.map((replica) => replica.start()));
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...overloadBars(figures),
    atLeast('reads on the primary at once', figures.readsOnPrimaryMax, FALLBACK_READS),
  ],
};

function overloadBars(figures: Figures): Bar[] {
  const overloaded = (figures.outcomes['slow overloaded'] ?? 0) + (figures.outcomes['read overloaded'] ?? 0);
  return [
    atLeast('refused reads', overloaded, 1),
    atMost('failures of another type', figures.reads.failed + figures.slow.failed - overloaded, 0),
    atMost('failed writes', figures.writes.failed, 0),
    atMost(
      'p99 of answers and refusals, ms',
      figures.allWhileSlow.p99Ms,
      ACQUIRE_TIMEOUT_MS + STATEMENT_SECONDS * 1_000 + MACHINE_MS,
    ),
    atMost('reads on the primary at once', figures.readsOnPrimaryMax, FALLBACK_READS),
    atMost('ms from the end of the load to the last bad 100 ms', figures.recoveredMs, 2_000),
  ];
}
