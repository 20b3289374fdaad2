import type { RouteResult } from './route-results.ts';
import { sharePercent } from './verdict.ts';

const columns: readonly [title: string, value: (result: RouteResult) => string][] = [
  ['route', ({ route }) => route],
  ['requests', ({ requests }) => String(requests)],
  ['right %', ({ right, requests }) => sharePercent(right, requests).toFixed(2)],
  ['429', ({ limited }) => String(limited)],
  ['other', ({ otherAnswers }) => String(otherAnswers)],
  ['5xx', ({ serverErrors }) => String(serverErrors)],
  ['no answer', ({ unanswered }) => String(unanswered)],
  ['p50 ms', ({ p50 }) => milliseconds(p50)],
  ['p95 ms', ({ p95 }) => milliseconds(p95)],
  ['p99 ms', ({ p99 }) => milliseconds(p99)],
];

/** The results as a table, with a line for all routes together. */
export function formatResults(results: readonly RouteResult[]): string {
  const lines = [
    columns.map(([title]) => title),
    ...[...results, total(results)].map((result) => columns.map(([, value]) => value(result))),
  ];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, index) =>
          index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** Percentiles of several routes can't be added up, so the total has none. */
function total(results: readonly RouteResult[]): RouteResult {
  const sum = (field: 'requests' | 'right' | 'limited' | 'otherAnswers' | 'serverErrors' | 'unanswered') =>
    results.reduce((all, result) => all + result[field], 0);
  return {
    route: 'all',
    requests: sum('requests'),
    right: sum('right'),
    limited: sum('limited'),
    otherAnswers: sum('otherAnswers'),
    serverErrors: sum('serverErrors'),
    unanswered: sum('unanswered'),
    p50: undefined,
    p95: undefined,
    p99: undefined,
  };
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(1);
}
