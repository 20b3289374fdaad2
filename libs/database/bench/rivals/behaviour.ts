import { waitFor } from '../../src/testing/bench-parts.ts';
import type { Table } from '../testing/kit.ts';
import { withCluster } from '../notes.ts';
import { FREEZE, KILL, readsDuring, type Fault } from './faults.ts';
import { withField, type Field } from './field.ts';
import type { Outcome } from './paced.ts';
import { LATE_READS, staleAfterWrite, staleBehindLateReplica } from './staleness.ts';
import { DISGUISED, disguisedWrites } from './writes-among-reads.ts';

const PACED = { reads: 500, everyMs: 10, giveUpMs: 5_000 };
const TRIES = 50;
const PAIRS = { pairs: 500, lateMs: 150 };
const LATE = { lateMs: 30_000 };

/** What becomes of reads when replicas fail or are late, and of selects that write: everybody on the same hosts. */
export function behaviour(): Promise<Table[]> {
  return withCluster(2, async (cluster) => {
    const hosts = {
      primary: cluster.primary.url(),
      replicas: cluster.replicas.map((replica) => replica.url()),
    };
    const during = (fault: Fault) => withField(hosts, (field) => readsDuring(fault, cluster, field, PACED));
    const disguised = await withField(hosts, (field: Field) => disguisedWrites(field, TRIES));
    const stale = await withField(hosts, (field) => staleAfterWrite(cluster, field, PAIRS));
    const old = await withField(hosts, (field) => staleBehindLateReplica(cluster, field, LATE));
    const frozen = await during(FREEZE);
    const killed = await during(KILL);
    await waitFor(() => cluster.replicas.every((replica) => replica.isRunning));
    const names = [...killed.keys()];
    const row = (title: string, cell: (name: string) => string) => [title, ...names.map(cell)];
    const disguises = Object.keys(DISGUISED);
    return [
      {
        title: 'Behaviour: two replicas, everybody on the same hosts at the same time',
        note: `Hung: no answer within ${PACED.giveUpMs / 1_000} s. Refused: by a standby, with 25006.`,
        columns: ['what', ...names],
        rows: [
          row(`one killed, of ${PACED.reads} reads`, (name) => spoken(killed.get(name))),
          row(`one frozen, of ${PACED.reads} reads`, (name) => spoken(frozen.get(name))),
          ...disguises.map((title, index) =>
            row(`${title}, of ${TRIES}`, (name) => disguised.get(name)?.[index] ?? ''),
          ),
          row(
            `both ${PAIRS.lateMs} ms late, of ${PAIRS.pairs} reads after own writes`,
            (name) => `${stale.get(name) ?? NaN} stale`,
          ),
          row(
            `one ${LATE.lateMs / 1_000} s late, of ${LATE_READS} reads`,
            (name) => `${old.get(name) ?? NaN} older than 5 s`,
          ),
        ],
      },
    ];
  });
}

function spoken(outcome: Outcome | undefined): string {
  if (!outcome) return '';
  const { failed, hung, slowestMs } = outcome;
  return `${failed} failed, ${hung} hung, slowest ${slowestMs.toFixed(0)} ms`;
}
