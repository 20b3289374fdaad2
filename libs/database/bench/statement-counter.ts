import type { DatabaseEvents } from '../src/events.ts';

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];

/** Counts statements as the metrics of a service do: a histogram by kind, a counter by host, route and outcome. */
export function countStatements(events: DatabaseEvents): void {
  const histograms = new Map<string, { sum: number; readonly counts: number[] }>();
  const counters = new Map<string, number>();
  events.on('query', ({ host, route, queryType, durationMs, error }) => {
    const seconds = durationMs / 1_000;
    const histogram = histograms.get(queryType) ?? { sum: 0, counts: BUCKETS.map(() => 0) };
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    histogram.sum += seconds;
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histograms.set(queryType, histogram);
    const key = `host:${host},route:${route},outcome:${error === undefined ? 'ok' : 'error'}`;
    counters.set(key, (counters.get(key) ?? 0) + 1);
  });
}
