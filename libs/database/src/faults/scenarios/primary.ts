import { waitFor } from '../../testing/bench-parts.ts';
import { atLeast, atMost } from '../bars.ts';
import type { Figures } from '../figures.ts';
import type { Lab, Server } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const RESUMED_MAX_MS = 5_000;

/** The primary is fenced, stopped and started again as a standby of its heir. Ends with another leader. */
export const switchover: Scenario = {
  name: 'primary-demoted',
  hypothesis:
    'no read fails; writes that the old primary refuses (25006) certainly did not run, and go to the heir once it leads',
  async fault({ lab, hold, mark }) {
    const [former, heir] = [lab.cluster.primary, lab.replica(0)];
    await prepareStandby(former, heir);
    await lab.configure(former, { default_transaction_read_only: 'on' });
    await hold();
    await former.kill('SIGINT');
    await former.exited;
    await promote(lab, heir);
    mark('promoted');
    await former.start();
    await lab.configure(former, { default_transaction_read_only: undefined });
  },
  async heal({ lab, db }) {
    await lab.untilState(db, lab.servers, 'up');
  },
  bars: (figures) => [
    ...writesResume(figures),
    atLeast('writes refused with 25006', figures.writesRefused, 1),
  ],
};

/** The primary dies for good and a replica is promoted. Acknowledged means that every direct standby has it. */
export const failover: Scenario = {
  name: 'primary-killed',
  hypothesis: 'no read fails; no acknowledged write is lost; writes go on when another one leads',
  options: { stalenessMaxMs: 1_500 },
  async fault({ lab, mark }) {
    const { leader } = lab;
    // After a switchover only the former primary follows directly, and the other replica follows that one.
    const heir = leader === lab.cluster.primary ? lab.replica(0) : lab.cluster.primary;
    const [row] = await leader.query<{ count: number }>('select count(*)::int from pg_stat_replication');
    await lab.configure(leader, { synchronous_standby_names: `ANY ${row?.count ?? 0} (*)` });
    const before = lab.journal.acknowledged;
    await waitFor(() => lab.journal.acknowledged > before + 10, { what: 'synchronous writes' });
    await leader.kill('SIGKILL');
    await promote(lab, heir);
    mark('promoted');
  },
  async heal({ lab }) {
    const before = lab.journal.acknowledged;
    await waitFor(() => lab.journal.acknowledged > before + 10, { what: 'writes', timeoutMs: 30_000 });
  },
  bars: writesResume,
};

function writesResume(figures: Figures) {
  return [
    atMost('failed reads', figures.reads.failed, 0),
    atMost('writes resumed after the promotion, ms', figures.writesResumedMs, RESUMED_MAX_MS),
    atMost('last failed write after the promotion, ms', figures.writesFailedUntilMs, RESUMED_MAX_MS),
  ];
}

async function promote(lab: Lab, heir: Server): Promise<void> {
  await heir.query('select pg_promote(true, 30)');
  lab.leader = heir;
}

/** Has a server follow another one when it starts the next time. */
async function prepareStandby(server: Server, leader: Server): Promise<void> {
  const [row] = await leader.query<{ conninfo: string }>(
    `select setting as conninfo from pg_settings where name = 'primary_conninfo'`,
  );
  const [folder] = await server.query<{ path: string }>(
    `select setting as path from pg_settings where name = 'data_directory'`,
  );
  if (!row || !folder) throw new Error(`${server.name} cannot be made a standby`);
  const conninfo = row.conninfo
    .replace(/port=\d+/, `port=${leader.port}`)
    .replace(/application_name=\S+/, `application_name=${server.name}`);
  await server.query(`alter system set primary_conninfo = '${conninfo.replaceAll(`'`, `''`)}'`);
  // The server's own account has to own it.
  await server.query(`copy (select 1 where false) to '${folder.path}/standby.signal'`);
}
