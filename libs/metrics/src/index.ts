export { createMetrics, type Metrics } from './create-metrics.ts';
export type { HttpObservation } from './http-metrics.ts';
export { mergedExposition, type Exposition, type MetricsSnapshot } from './snapshot.ts';
