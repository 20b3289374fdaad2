import type { AlertCase } from '../rules/rule.ts';
import { counterOf, seriesOf } from './traffic.ts';

const MINUTES = 90;
const GOOD = seriesOf([{ minutes: MINUTES, good: 600 }], 1);
const steadily = (perMinute: number) => counterOf([[MINUTES, perMinute]]);
const count = (labels: string) =>
  `http_request_duration_seconds_count{service="courses",instance="a",${labels}}`;
const bucket = (labels: string) =>
  `http_request_duration_seconds_bucket{service="courses",instance="a",${labels},le="0.2"}`;
const shed = (priority: string) =>
  `overload_requests_total{service="courses",instance="a",priority="${priority}",outcome="level"}`;

const feedRefused = count('method="GET",route="/feed",status_code="503"');

const throughout = { at: `${MINUTES - 5}m`, takes: 'hours' } as const;
const silent = { ...throughout, fires: [] };
const bothWindows = (slo: string) => ['1h', '6h'].map((window) => ({ service: 'courses', slo, window }));
const fires = (slo: string) => ({ ...throughout, fires: bothWindows(slo) });

/** What counts as a failure or as slow, and what does not. */
export function meaningCases(slo: string): AlertCase[] {
  return slo === 'latency' ? latencyCases : availabilityCases;
}

const availabilityCases: AlertCase[] = [
  {
    name: 'background requests are refused, as they should be',
    series: { ...GOOD, [feedRefused]: steadily(100), [shed('background')]: steadily(100) },
    ...silent,
  },
  {
    name: 'lessons are refused together with background requests',
    series: {
      ...GOOD,
      [feedRefused]: steadily(100),
      [count('method="GET",route="/lessons",status_code="503"')]: steadily(50),
      [shed('background')]: steadily(100),
      [shed('reading')]: steadily(50),
    },
    ...fires('availability'),
  },
  {
    name: 'a scanner asks for ten times as many paths that are not there, which hides no failure',
    series: {
      ...GOOD,
      [count('method="GET",route="unmatched",status_code="404"')]: steadily(6_000),
      [count('method="GET",route="/lessons",status_code="502"')]: steadily(12),
    },
    ...fires('availability'),
  },
  {
    name: 'users are told that they are wrong, or are gone',
    series: {
      ...GOOD,
      [count('method="GET",route="/lessons",status_code="404"')]: steadily(100),
      [count('method="GET",route="/lessons",status_code="429"')]: steadily(100),
      [count('method="GET",route="/lessons",status_code="499"')]: steadily(100),
    },
    ...silent,
  },
  {
    name: 'everything fails',
    series: { [count('method="GET",route="/lessons",status_code="500"')]: steadily(600) },
    ...fires('availability'),
  },
  {
    name: 'six of twelve fail in an hour of the night',
    series: seriesOf([{ minutes: 60, good: 0.1, failed: 0.1 }], 1),
    at: '59m',
    fires: [],
  },
  {
    name: 'fifteen of twenty fail in an hour of the night',
    series: seriesOf([{ minutes: 60, good: 0.1, failed: 0.25 }], 1),
    at: '59m',
    fires: bothWindows('availability'),
  },
];

const latencyCases: AlertCase[] = [
  {
    name: 'a route that promises nothing is slow',
    series: {
      ...GOOD,
      [count('method="POST",route="/ask",status_code="200"')]: steadily(500),
      [bucket('method="POST",route="/ask",status_code="200"')]: steadily(0),
    },
    ...silent,
  },
  {
    name: 'failures are neither quick nor slow answers',
    series: {
      ...seriesOf([{ minutes: MINUTES, good: 500, slow: 100 }], 1),
      [count('method="GET",route="/lessons",status_code="503"')]: steadily(5_000),
      [bucket('method="GET",route="/lessons",status_code="503"')]: steadily(5_000),
    },
    ...fires('latency'),
  },
  {
    name: 'six of twelve are slow in an hour of the night',
    series: seriesOf([{ minutes: 60, good: 0.1, slow: 0.1 }], 1),
    at: '59m',
    fires: [],
  },
  {
    name: 'fifteen of twenty are slow in an hour of the night',
    series: seriesOf([{ minutes: 60, good: 0.1, slow: 0.25 }], 1),
    at: '59m',
    fires: bothWindows('latency'),
  },
];
