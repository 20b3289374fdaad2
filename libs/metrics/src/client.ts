/** The client library's own counters and gauges, for what is not counted on a hot path. Nobody else names it. */
export { Counter, Gauge, Registry } from '@prometheus-io/client';
