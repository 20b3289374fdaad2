import type { ArtilleryReport } from './artillery-report.ts';

/** What became of the requests of one route. */
export interface RouteResult {
  readonly route: string;
  readonly requests: number;
  /** The answers that are right here: 2xx, or a 404 for an id that does not exist. */
  readonly right: number;
  /** 429: refused by a limit, apart from all else. */
  readonly limited: number;
  /** Any other 1xx, 3xx or 4xx, and a 2xx where a 404 is right. */
  readonly otherAnswers: number;
  readonly serverErrors: number;
  /** Timeouts and broken connections. */
  readonly unanswered: number;
  /** To the first byte, in ms, of all answers. Undefined when there were none. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

/** The routes of the scenario, by the names of its requests. */
export const routes = ['login', 'list', 'unknown course', 'course', 'ask'] as const;

const PREFIX = 'plugins.metrics-by-endpoint';
const notFoundIsRight: readonly string[] = ['unknown course'];

/** Adds up a report, route by route. */
export function routeResults({ aggregate }: ArtilleryReport): RouteResult[] {
  return routes.map((route) => {
    const codes = counts(aggregate.counters, `${PREFIX}.${route}.codes.`).map(
      ([code, count]) => [Number(code), count] as const,
    );
    const sum = (matches: (code: number) => boolean) =>
      codes.reduce((total, [code, count]) => (matches(code) ? total + count : total), 0);
    const isRight = (code: number) =>
      notFoundIsRight.includes(route) ? code === 404 : code >= 200 && code < 300;
    const right = sum(isRight);
    const limited = sum((code) => code === 429);
    const serverErrors = sum((code) => code >= 500);
    const answers = sum(() => true);
    const unanswered = counts(aggregate.counters, `${PREFIX}.${route}.errors.`).reduce(
      (total, [, n]) => total + n,
      0,
    );
    const times = aggregate.summaries[`${PREFIX}.response_time.${route}`];
    return {
      route,
      requests: answers + unanswered,
      right,
      limited,
      otherAnswers: answers - right - limited - serverErrors,
      serverErrors,
      unanswered,
      p50: times?.p50,
      p95: times?.p95,
      p99: times?.p99,
    };
  });
}

function counts(counters: Readonly<Record<string, number>>, prefix: string): [string, number][] {
  return Object.entries(counters).flatMap(([name, count]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), count] as [string, number]] : [],
  );
}
