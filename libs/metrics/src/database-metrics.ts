import type { Database } from '@ganitagya/database';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS } from './buckets.ts';

/** Series of the database's statements and hosts. */
export class DatabaseMetrics {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Adds the series of the one database of this process. */
  observe(database: Database<unknown>): void {
    const registers = [this.#registry];
    const duration = new Histogram({
      name: 'database_query_duration_seconds',
      help: 'Time of a statement, waiting for a connection included.',
      labelNames: ['query_type'],
      buckets: SECONDS_BUCKETS,
      registers,
    });
    const statements = new Counter({
      name: 'database_statements_total',
      help: 'Statements by the host that ran them and how they ended.',
      labelNames: ['host', 'route', 'outcome'],
      registers,
    });
    database.events.on('query', ({ host, route, queryType, durationMs, error }) => {
      duration.observe({ query_type: queryType }, durationMs / 1000);
      statements.inc({ host, route, outcome: error === undefined ? 'ok' : 'error' });
    });
    const changes = new Counter({
      name: 'database_host_changes_total',
      help: 'How often a host was taken out of rotation or came back.',
      labelNames: ['host', 'state'],
      registers,
    });
    database.events.on('host', ({ name, state }) => changes.inc({ host: name, state }));
    new Gauge({
      name: 'database_host_up',
      help: '1 while a host is in rotation.',
      labelNames: ['host', 'role'],
      aggregator: 'min',
      registers,
      collect() {
        for (const host of database.hosts()) {
          this.set({ host: host.name, role: host.role }, host.state === 'up' ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: 'database_connections',
      help: 'Statements under way and callers waiting for a connection, by host.',
      labelNames: ['host', 'kind'],
      registers,
      collect() {
        for (const host of database.hosts()) {
          this.set({ host: host.name, kind: 'in_flight' }, host.inFlight);
          this.set({ host: host.name, kind: 'waiting' }, host.waiting);
        }
      },
    });
  }
}
