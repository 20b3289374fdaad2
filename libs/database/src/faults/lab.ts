import type { Database } from '../database.ts';
import type { HostStatus } from '../hosts/host-status.ts';
import type { DatabaseOptions } from '../options.ts';
import { waitFor } from '../testing/bench-parts.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { Journal } from './journal.ts';

const STATE_TIMEOUT_MS = 60_000;

/** One Postgres server of the lab. */
export type Server = TestCluster['primary'];

/** A cluster for faults: a primary, two replicas, whoever leads at the time, and the journal of all writes. */
export class Lab {
  readonly cluster: TestCluster;
  readonly journal = new Journal();
  /** Who takes writes; whoever promotes another one says so. */
  leader: Server;

  constructor(cluster: TestCluster) {
    this.cluster = cluster;
    this.leader = cluster.primary;
  }

  get servers(): readonly Server[] {
    return [this.cluster.primary, ...this.cluster.replicas];
  }

  /** Who follows the leader. */
  get standbys(): readonly Server[] {
    return this.servers.filter((server) => server !== this.leader && server.isRunning);
  }

  /** One of the replicas that were set up as such. */
  replica(index: number): TestCluster['replicas'][number] {
    const replica = this.cluster.replicas[index];
    if (!replica) throw new Error(`the lab has no replica ${index}`);
    return replica;
  }

  open(options: Partial<DatabaseOptions>): Promise<Database<TestSchema>> {
    return this.cluster.open(options);
  }

  /** The short name of a host of `db.hosts()` or of an event. */
  nameOf(host: string): string {
    return this.servers.find(({ port }) => host.endsWith(`:${port}`))?.name ?? host;
  }

  /** What a database thinks of a server. */
  statusOf(db: Database<TestSchema>, server: Server): HostStatus {
    const status = db.hosts().find(({ name }) => name.endsWith(`:${server.port}`));
    if (!status) throw new Error(`${server.name} is not known to the database`);
    return status;
  }

  /** Waits until a database thinks that of all these servers. */
  async untilState(
    db: Database<TestSchema>,
    servers: readonly Server[],
    state: HostStatus['state'],
  ): Promise<void> {
    await waitFor(() => servers.every((server) => this.statusOf(db, server).state === state), {
      timeoutMs: STATE_TIMEOUT_MS,
      what: `${servers.map(({ name }) => name).join(', ')} ${state}`,
    });
  }

  /** Changes settings of one server (undefined: back to the default) and waits until they are in force. */
  async configure(server: Server, settings: Readonly<Record<string, string | undefined>>): Promise<void> {
    const before = await loadedAt(server);
    for (const [name, value] of Object.entries(settings)) {
      const change = value === undefined ? `reset ${name}` : `set ${name} = '${value.replaceAll(`'`, `''`)}'`;
      await server.query(`alter system ${change}`);
    }
    await server.query('select pg_reload_conf()');
    await waitFor(async () => (await loadedAt(server)) !== before, {
      what: `the settings of ${server.name}`,
    });
  }

  /** How many acknowledged writes the leader does not have, and how many it has more than once. */
  async audit(): Promise<{ lost: number; doubled: number }> {
    const rows = await this.leader.query<{ value: number }>('select value from lab.note');
    const kept = new Set(rows.map(({ value }) => value));
    return { lost: this.journal.lost(kept).length, doubled: rows.length - kept.size };
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}

/** Starts the cluster, with the newest write of the journal at hand and a table to make garbage in. */
export async function startLab(): Promise<Lab> {
  const lab = new Lab(await startTestCluster({ replicas: 2 }));
  await lab.leader.query('create index on lab.note (value)');
  await lab.leader.query('create table lab.garbage (value int) with (autovacuum_enabled = off)');
  return lab;
}

async function loadedAt(server: Server): Promise<string | undefined> {
  const [row] = await server.query<{ at: string }>('select pg_conf_load_time()::text as at');
  return row?.at;
}
