import { objectives } from './objective.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';
import { burnWindows, sumWindows } from './windows.ts';

/** How often the base series are written. */
export const BASE_INTERVAL_SECONDS = 30;

const GOOD = 'slo:good_requests:rate5m';
const BAD = 'slo:bad_requests:rate5m';

/** Sums of what was written every 30 s, so that each request weighs the same and no window reads raw series. */
const over = (series: string, window: string) => `sum_over_time(${series}[${window}])`;

const base: RecordingRule[] = objectives.flatMap(({ slo, share, good, bad }) => [
  { record: GOOD, expr: good, labels: { slo } },
  { record: BAD, expr: bad, labels: { slo } },
  { record: 'slo:objective:ratio', expr: `vector(${share})`, labels: { slo } },
]);

function ratio(window: string): RecordingRule {
  const bad = over(BAD, window);
  return {
    record: `slo:bad_requests:ratio${window}`,
    expr: `${bad}\n/\n(${bad} + ${over(GOOD, window)})`,
  };
}

const increases = burnWindows.map(({ long }): RecordingRule => ({
  record: `slo:bad_requests:increase${long}`,
  expr: `${BASE_INTERVAL_SECONDS} * ${over(BAD, long)}`,
}));

const isQuick = (window: string) => !window.endsWith('d');

/** What alerts and dashboard read; the long windows move slowly and are looked at less often. */
export const recordingGroups: readonly RuleGroup<RecordingRule>[] = [
  {
    name: 'objectives',
    interval: `${BASE_INTERVAL_SECONDS}s`,
    rules: [
      ...base,
      { record: 'slo:bad_requests:ratio5m', expr: `${BAD} / (${BAD} + ${GOOD})` },
      ...sumWindows.filter(isQuick).map(ratio),
      ...increases.filter(({ record }) => isQuick(record)),
    ],
  },
  {
    name: 'objectives-slow',
    // Well below the five minutes after which Prometheus takes a series for gone.
    interval: '2m',
    rules: [
      ...sumWindows.filter((window) => !isQuick(window)).map(ratio),
      ...increases.filter(({ record }) => !isQuick(record)),
      ratio('30d'),
      {
        record: 'slo:error_budget:remaining30d',
        expr: '1 - slo:bad_requests:ratio30d / on (slo) group_left () (1 - slo:objective:ratio)',
      },
    ],
  },
];
