import type { Database } from '@ganitagya/database';
import { Counter, type Registry } from '../client.ts';
import { SECONDS_BUCKETS } from '../buckets.ts';
import { TallyHistogram, type Tally } from '../tally-histogram.ts';
import { StatementTally } from './statement-tally.ts';

/** Adds the series of a database's statements: how long, where, why there, and how they ended. */
export function observeStatements(database: Database<unknown>, registry: Registry): void {
  const duration = new TallyHistogram({
    name: 'database_query_duration_seconds',
    help: 'Time of an attempt to run a statement, waiting for a connection included.',
    buckets: SECONDS_BUCKETS,
    registry,
  });
  const durations = new Map<string, Tally>();
  const durationsOf = (queryType: string) => {
    const added = duration.add({ query_type: queryType });
    durations.set(queryType, added);
    return added;
  };
  const tally = new StatementTally();
  database.events.on('query', ({ host, route, reason, queryType, durationMs, error }) => {
    (durations.get(queryType) ?? durationsOf(queryType)).observe(durationMs / 1000);
    tally.add(host, route, reason, error);
  });
  new Counter({
    name: 'database_statements_total',
    help: 'Attempts to run a statement, by host, route, the reason for it, and how they ended.',
    labelNames: ['host', 'route', 'reason', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { host, route, reason, outcomes } of tally.counts()) {
        for (const [outcome, count] of Object.entries(outcomes))
          if (count > 0) this.inc({ host, route, reason, outcome }, count);
      }
    },
  });
}
