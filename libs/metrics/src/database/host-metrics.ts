import type { Database, HostState, HostStatus } from '@ganitagya/database';
import { Counter, Gauge, type Registry } from '../client.ts';
import { LabelCap } from '../label-cap.ts';

/** Hosts found by name come and go. */
const HOSTS_MAX = 100;
const STATES = ['up', 'stale', 'ejected'] as const satisfies readonly HostState[];

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** One gauge of every host, read when Prometheus asks; undefined where a host has no such value. */
interface HostGauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** What several workers see together. */
  readonly aggregator: 'sum' | 'min' | 'max' | 'average';
  readonly samples: (host: HostStatus) => readonly Sample[] | number | undefined;
}

const GAUGES: readonly HostGauge[] = [
  {
    name: 'database_host_up',
    help: '1 while a host is in rotation.',
    labels: ['role'],
    aggregator: 'min',
    samples: ({ role, state }) => [[{ role }, state === 'up' ? 1 : 0]],
  },
  {
    name: 'database_host_state',
    help: '1 for the state that a host is in; of several workers, the share that sees it so.',
    labels: ['role', 'state'],
    aggregator: 'average',
    samples: ({ role, state }) =>
      STATES.map((each) => [{ role, state: each }, each === state ? 1 : 0] as const),
  },
  {
    name: 'database_connections',
    help: 'Connections in use and callers waiting for one.',
    labels: ['kind'],
    aggregator: 'sum',
    samples: ({ inFlight, waiting }) => [
      [{ kind: 'in_flight' }, inFlight],
      [{ kind: 'waiting' }, waiting],
    ],
  },
  {
    name: 'database_replica_lag_seconds',
    help: 'Age of what a replica shows; none while that is unknown.',
    aggregator: 'max',
    samples: ({ lagMs }) => lagMs && lagMs / 1000,
  },
  {
    name: 'database_replica_lag_bytes',
    help: 'How much log a replica has still to replay.',
    aggregator: 'max',
    samples: ({ lagBytes }) => lagBytes,
  },
  {
    name: 'database_host_latency_seconds',
    help: 'Moving mean of the time of statements, with peaks; reads go by it.',
    aggregator: 'max',
    samples: ({ latencyMs }) => latencyMs / 1000,
  },
  {
    name: 'database_host_weight',
    help: 'Share of the reads that a host is considered for, in relation to the others; less while it starts slowly.',
    aggregator: 'average',
    samples: ({ weight }) => weight,
  },
];

/** Adds the series of a database's hosts, and of what happens to them. A host that has left has none any more. */
export function observeHosts(database: Database<unknown>, registry: Registry): void {
  const registers = [registry];
  for (const gauge of GAUGES) addGauge(gauge, database, registry);
  new Counter({
    name: 'database_host_ejections_total',
    help: 'How often a host was taken out of rotation because it failed.',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset();
      for (const { name, ejections } of database.hosts()) this.inc({ host: name }, ejections);
    },
  });
  const changes = new Counter({
    name: 'database_host_changes_total',
    help: 'Changes of a host from one state to another, by the new one.',
    labelNames: ['host', 'state'],
    registers,
  });
  const names = new LabelCap(HOSTS_MAX);
  database.events.on('host', ({ name, state }) => changes.inc({ host: names.fold(name), state }));
  const leaders = new Counter({
    name: 'database_primary_changes_total',
    help: 'How often another host was found to take writes, and how often the primary was lost.',
    labelNames: ['change'],
    registers,
  });
  for (const change of ['elected', 'lost']) leaders.inc({ change }, 0);
  database.events.on('primary', ({ name }) =>
    leaders.inc({ change: name === undefined ? 'lost' : 'elected' }),
  );
  const failures = new Counter({
    name: 'database_discovery_failures_total',
    help: 'Names of hosts that could not be looked up.',
    labelNames: ['name'],
    registers,
  });
  database.events.on('discovery', ({ name }) => failures.inc({ name }));
}

function addGauge(
  { name, help, labels = [], aggregator, samples }: HostGauge,
  database: Database<unknown>,
  registry: Registry,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['host', ...labels],
    aggregator,
    registers: [registry],
    collect() {
      this.reset();
      for (const host of database.hosts()) {
        const found = samples(host) ?? [];
        const list: readonly Sample[] = typeof found === 'number' ? [[{}, found]] : found;
        for (const [extra, value] of list) this.set({ host: host.name, ...extra }, value);
      }
    },
  });
}
