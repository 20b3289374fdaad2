import { Gauge, Registry } from './client.ts';
import { observeProcess } from './process-metrics.ts';
import { writeExposition, type Exposition } from './series/exposition.ts';
import { labelsText } from './series/family.ts';
import { GroupSeries } from './series/group-series.ts';
import { readFamilies } from './series/read-families.ts';
import type { SeriesPush } from './series/series-sender.ts';
import { observeWorkers, type ObservedWorkers } from './worker-metrics.ts';

/** The series of a primary process and its workers as one. */
export interface GroupMetrics {
  /** Takes what `changes()` of a worker told. */
  take(worker: number, push: SeriesPush): void;
  /** A worker has ended and all it pushed was taken: what it counted stays in the totals. */
  retire(worker: number): void;
  observeWorkers(workers: ObservedWorkers): void;
  /** What Prometheus reads; it waits for no worker. */
  exposition(): Promise<Exposition>;
}

/** Series of the group of processes that are `service`. */
export function createGroupMetrics({ service }: { readonly service: string }): GroupMetrics {
  const registry = new Registry();
  const group = new GroupSeries();
  observeProcess(registry);
  new Gauge({
    name: 'metrics_snapshot_age_seconds',
    help: 'How old the values are with which a worker counts; much, if it is frozen.',
    labelNames: ['worker'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { place, seconds } of group.ages()) this.set({ worker: place }, seconds);
    },
  });
  return {
    take: (worker, push) => group.take(worker, push),
    retire: (worker) => group.retire(worker),
    observeWorkers: (workers) => observeWorkers(registry, workers),
    exposition: async () =>
      writeExposition(group.families(await readFamilies(registry)), labelsText({ service })),
  };
}
