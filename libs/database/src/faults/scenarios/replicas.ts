import { waitFor } from '../../testing/bench-parts.ts';
import { atLeast, atMost, MACHINE_MS, nothingFails } from '../bars.ts';
import type { Server } from '../lab.ts';
import type { Scenario, Stage } from '../scenario.ts';

const STALENESS_MAX_MS = 1_000;
const PROBE_INTERVAL_MS = 200;
/** The age is known to within one interval of the probes (and 10 % of jitter), on a machine that is not busy. */
const AGE_STEP_MS = 1.1 * PROBE_INTERVAL_MS + MACHINE_MS;
/** One read is enough: which of two good replicas gets most of a light load is open. */
const SERVES = 0.001;

/** One replica ends at once and comes back. */
export const replicaKilled: Scenario = {
  name: 'replica-killed',
  hypothesis:
    'nobody fails; the other replica takes over at once, and the dead one serves again when it is back',
  async fault(stage) {
    const victim = stage.lab.replica(0);
    await untilReading(stage, [victim]);
    await victim.kill('SIGKILL');
  },
  async heal({ lab, db, endSlowReads }) {
    await endSlowReads();
    await lab.replica(0).start();
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...nothingFails(figures),
    atMost('slowest read, ms', figures.reads.maxMs, 1_500),
    atMost('slowest slow read, ms', figures.slow.maxMs, 1_500),
    atLeast('share of the replica that is back', figures.after.shares['replica-1'] ?? 0, SERVES),
  ],
};

/** One replica keeps its connections and answers nothing. */
export const replicaFrozen: Scenario = {
  name: 'replica-frozen',
  hypothesis: 'nobody fails; who waits for it is sent elsewhere as soon as a probe has failed',
  async fault(stage) {
    const victim = stage.lab.replica(1);
    await untilReading(stage, [victim]);
    victim.freeze();
    // Longer than anybody may have to wait.
    await stage.hold();
  },
  async heal({ lab, db, endSlowReads }) {
    await endSlowReads();
    lab.replica(1).thaw();
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...nothingFails(figures),
    atMost('share of the frozen replica', figures.during.shares['replica-2'] ?? 0, 0),
    // Probe interval and timeout are 720 ms, the deadline of a statement 1 s; the rest is for a busy machine.
    atMost('slowest read, ms', figures.reads.maxMs, 2_000),
    atMost('slowest slow read, ms', figures.slow.maxMs, 2_000),
    atLeast('share of the replica that is back', figures.after.shares['replica-2'] ?? 0, SERVES),
  ],
};

/** No replica is left. */
export const replicasKilled: Scenario = {
  name: 'all-replicas-killed',
  hypothesis: 'nobody fails; the primary answers until the replicas are back, and then they do',
  async fault(stage) {
    const { replicas } = stage.lab.cluster;
    await untilReading(stage, replicas);
    await Promise.all(replicas.map((replica) => replica.kill('SIGKILL')));
  },
  async heal({ lab, db, endSlowReads }) {
    await endSlowReads();
    await Promise.all(lab.cluster.replicas.map((replica) => replica.start()));
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...nothingFails(figures),
    atMost('share of the primary when they are back', figures.after.shares['primary'] ?? 0, 0.05),
  ],
};

/** One replica replays 30 s late. */
export const replicaLate: Scenario = {
  name: 'replica-late',
  hypothesis: 'nobody fails, and nobody is shown what is older than the limit',
  // In turn, so that the late one is certainly read from until it is shut out.
  options: {
    stalenessMaxMs: STALENESS_MAX_MS,
    probeIntervalMs: PROBE_INTERVAL_MS,
    balancing: 'round-robin',
  },
  async fault({ lab, db }) {
    await lab.replica(0).setReplayDelay(30_000);
    await lab.untilState(db, [lab.replica(0)], 'stale');
  },
  async heal({ lab, db }) {
    await lab.replica(0).setReplayDelay(0);
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...nothingFails(figures),
    atLeast('oldest answer, ms', figures.ageMaxMs, STALENESS_MAX_MS / 2),
    atMost('oldest answer, ms', figures.ageMaxMs, STALENESS_MAX_MS + AGE_STEP_MS),
    atMost('share of the late replica', figures.during.shares['replica-1'] ?? 0, 0),
  ],
};

/** Standbys cancel what reads too long, because replay needs the rows gone. */
export const recoveryConflict: Scenario = {
  name: 'recovery-conflict',
  hypothesis: 'nobody fails: what a standby has cancelled is asked again on the primary',
  async fault({ lab, db, beginSlowReads }) {
    for (const replica of lab.cluster.replicas) {
      await lab.configure(replica, { max_standby_streaming_delay: '10ms' });
    }
    beginSlowReads(20, 0.3);
    let conflicts = 0;
    const onQuery = ({ error }: { error?: unknown }) => {
      if (error !== undefined) conflicts += 1;
    };
    db.events.on('query', onQuery);
    try {
      for (let round = 0; round < 50 && conflicts < 5; round += 1) {
        await lab.leader.query('insert into lab.garbage select generate_series(1, 100)');
        await lab.leader.query('delete from lab.garbage');
        await lab.leader.query('vacuum lab.garbage');
      }
    } finally {
      db.events.off('query', onQuery);
    }
  },
  async heal({ lab, db, endSlowReads }) {
    await endSlowReads();
    for (const replica of lab.cluster.replicas) {
      await lab.configure(replica, { max_standby_streaming_delay: undefined });
    }
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...nothingFails(figures),
    atLeast('statements that a standby cancelled', figures.conflicts, 5),
  ],
};

/** Lets slow reads run until each of the servers works on some, so that a fault hits somebody. */
async function untilReading({ lab, db, beginSlowReads }: Stage, servers: readonly Server[]): Promise<void> {
  beginSlowReads(40, 0.1);
  await waitFor(() => servers.every((server) => lab.statusOf(db, server).inFlight > 1), { intervalMs: 1 });
}
