import type { Cache } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { Policies } from '@ganitagya/resilience';
import { CacheMetrics } from './cache-metrics.ts';
import { Registry } from './client.ts';
import { DatabaseMetrics } from './database/database-metrics.ts';
import { DeadlineMetrics } from './deadline-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { LimitMetrics } from './limit-metrics.ts';
import { OverloadMetrics } from './overload-metrics.ts';
import { ObjectiveMetrics } from './objective-metrics.ts';
import { PolicyMetrics } from './policy-metrics.ts';
import { observeBuild, observeProcess } from './process-metrics.ts';
import { observeRedis, type ObservedRedis } from './redis-metrics.ts';
import { observeRuntime } from './runtime-metrics.ts';
import { writeExposition, type Exposition } from './series/exposition.ts';
import { labelsText } from './series/family.ts';
import { readFamilies, readHistograms } from './series/read-families.ts';
import { SeriesSender, type SeriesPush } from './series/series-sender.ts';

/** Whose series they are. */
export interface MetricsOptions {
  readonly service: string;
  readonly version?: string;
}

/** The series of one process; only this library knows how they are kept. */
export interface Metrics {
  readonly http: HttpMetrics;
  readonly overload: OverloadMetrics;
  readonly deadlines: DeadlineMetrics;
  readonly limits: LimitMetrics;
  readonly objectives: ObjectiveMetrics;
  observeDatabase(database: Database<unknown>): void;
  observeCache(cache: Cache): void;
  observeRedis(redis: ObservedRedis): void;
  observePolicies<Name extends string>(policies: Policies<Name>): void;
  /** What changed since it was asked last, for the primary process; each answer must reach it, in this order. */
  changes(): Promise<SeriesPush>;
  /** The part of it that need not be waited for: how many there were of what is measured, and how long they took. */
  changesAtOnce(): SeriesPush;
  /** What Prometheus reads. */
  exposition(): Promise<Exposition>;
  /** Stops listening to the runtime. What was counted can still be read. */
  close(): void;
}

/** Series of a process of `service`: HTTP, connections, database, cache, policies and Node's own. */
export function createMetrics({ service, version = 'unknown' }: MetricsOptions): Metrics {
  const registry = new Registry();
  observeBuild(version, registry);
  observeProcess(registry);
  const close = observeRuntime(registry);
  const http = new HttpMetrics(registry);
  const overload = new OverloadMetrics(registry);
  const deadlines = new DeadlineMetrics(registry);
  const limits = new LimitMetrics(registry);
  const objectives = new ObjectiveMetrics(registry);
  const database = new DatabaseMetrics(registry);
  const cache = new CacheMetrics(registry);
  const policies = new PolicyMetrics(registry);
  const sender = new SeriesSender();
  return {
    http,
    overload,
    deadlines,
    limits,
    objectives,
    observeDatabase: (observed) => database.observe(observed),
    observeCache: (observed) => cache.observe(observed),
    observeRedis: (observed) => observeRedis(observed, registry),
    observePolicies: (observed) => policies.observe(observed),
    changes: async () => sender.next(await readFamilies(registry)),
    changesAtOnce: () => sender.next(readHistograms(registry), false),
    exposition: async () => writeExposition(await readFamilies(registry), labelsText({ service })),
    close,
  };
}
