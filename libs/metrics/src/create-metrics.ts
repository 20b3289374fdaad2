import type { Cache } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { Policies } from '@ganitagya/resilience';
import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import { CacheMetrics } from './cache-metrics.ts';
import { DatabaseMetrics } from './database/database-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { PolicyMetrics } from './policy-metrics.ts';
import type { Exposition, MetricsSnapshot } from './snapshot.ts';

/** The series of one process; only this library knows how they are kept. */
export interface Metrics {
  readonly http: HttpMetrics;
  observeDatabase(database: Database<unknown>): void;
  observeCache(cache: Cache): void;
  observePolicies<Name extends string>(policies: Policies<Name>): void;
  /** The values as they are now, to be merged with those of other workers. */
  snapshot(): Promise<MetricsSnapshot>;
  /** What Prometheus reads. */
  exposition(): Promise<Exposition>;
  close(): void;
}

/** Series of a process of `service`: HTTP, connections, database, cache, policies and Node's own. */
export function createMetrics({ service }: { readonly service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const http = new HttpMetrics(registry);
  const database = new DatabaseMetrics(registry);
  const cache = new CacheMetrics(registry);
  const policies = new PolicyMetrics(registry);
  return {
    http,
    observeDatabase: (observed) => database.observe(observed),
    observeCache: (observed) => cache.observe(observed),
    observePolicies: (observed) => policies.observe(observed),
    snapshot: () => registry.getMetricsAsJSON(),
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    close: () => registry.clear(),
  };
}
