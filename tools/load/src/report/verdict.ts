import type { RouteResult } from './route-results.ts';

/** What a run has to reach. */
export interface Goals {
  /** Of all requests; what a limit refused is not right. */
  readonly rightSharePercent: number;
  readonly p95Ms: number;
}

/** What is wrong with a run, the most important first; empty when it passes. */
export function judge(results: readonly RouteResult[], goals: Goals): string[] {
  const missing = results
    .filter(({ requests }) => requests === 0)
    .map(({ route }) => `${route} was never asked`);
  // First of all the share: a server that refuses everything is very fast.
  const wrong = results
    .filter(({ requests, right }) => requests > 0 && sharePercent(right, requests) < goals.rightSharePercent)
    .map(
      ({ route, right, requests }) =>
        `${route}: ${sharePercent(right, requests).toFixed(2)} % of ${requests} requests got the right answer, not ${goals.rightSharePercent} %`,
    );
  const slow = results
    .filter(({ p95 }) => p95 !== undefined && p95 >= goals.p95Ms)
    .map(({ route, p95 }) => `${route}: p95 is ${p95 ?? 0} ms, not below ${goals.p95Ms} ms`);
  return [...missing, ...wrong, ...slow];
}

/** A share in percent; of nothing it is 0. */
export function sharePercent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
