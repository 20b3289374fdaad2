import { latencyMs, type Attempt, type RequestRecord } from './request.ts';

const WINDOW_MS = 100;

/** The value below which this share of the values lies; 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Which part of the answered requests each host answered. */
export function sharesOf(requests: readonly RequestRecord[]): Record<string, number> {
  const hosts = requests.flatMap(({ outcome, attempts }) =>
    outcome === 'ok' ? (attempts.at(-1)?.host ?? []) : [],
  );
  const counts = Map.groupBy(hosts, (host) => host);
  return Object.fromEntries([...counts].sort().map(([host, all]) => [host, all.length / hosts.length]));
}

/** What time is looked at, and what a good 100 ms is. */
export type Steadiness = {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly share: number;
  readonly limitMs: number;
};

/**
 * The end of the last bad 100 ms, counted from `fromMs`: one in which something failed, or this quantile of
 * the latencies was above the limit. 0 when none was bad.
 */
export function steadyAfterMs(
  requests: readonly RequestRecord[],
  { fromMs, untilMs, share, limitMs }: Steadiness,
): number {
  const inTime = requests.filter(({ startMs }) => startMs >= fromMs && startMs < untilMs);
  const windows = Map.groupBy(inTime, ({ startMs }) => Math.floor((startMs - fromMs) / WINDOW_MS));
  const bad = [...windows].filter(
    ([, all]) => all.some(({ outcome }) => outcome !== 'ok') || quantile(all.map(latencyMs), share) > limitMs,
  );
  return Math.max(0, ...bad.map(([window]) => (window + 1) * WINDOW_MS));
}

/** How many of the attempts were under way at once, at most. */
export function overlapMax(attempts: readonly Attempt[]): number {
  const changes = attempts.flatMap(({ startMs, endMs }) => [
    { atMs: startMs, by: 1 },
    { atMs: endMs, by: -1 },
  ]);
  // Of what happens at the same moment, ends come first.
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
