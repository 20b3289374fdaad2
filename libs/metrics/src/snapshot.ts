import { ClusterRegistry, type MetricObjectWithValues, type MetricValue } from '@prometheus-io/client';

/** The values of one process. */
export type MetricsSnapshot = MetricObjectWithValues<MetricValue<string>>[];

/** Text for Prometheus. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** The series of several workers as one: counters and histograms summed, the rest by each metric's own rule. */
export async function mergedExposition(snapshots: readonly MetricsSnapshot[]): Promise<Exposition> {
  const registry = ClusterRegistry.aggregate([...snapshots]);
  return { contentType: registry.contentType, body: await registry.metrics() };
}
