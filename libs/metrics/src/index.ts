export { createGroupMetrics, type GroupMetrics } from './create-group-metrics.ts';
export { createMetrics, type Metrics } from './create-metrics.ts';
export type { HttpObservation } from './http-metrics.ts';
export type { Exposition } from './series/exposition.ts';
export type { SeriesPush } from './series/series-sender.ts';
