import { alertGroups, allAlerts } from '../alerts/all-alerts.ts';
import { recordingGroups } from '../rules/recording.ts';
import { runbookOf, type Alert, type AlertCase, type Duration, type Labels } from '../rules/rule.ts';
import { RUNBOOKS } from './rule-files.ts';

/** Sums of base series are as many times too small as this is longer than 30 s. */
const EVALUATED_EVERY: Readonly<Record<Duration, string>> = { minutes: '30s', hours: '5m', days: '15m' };
const RULE_FILES = ['../rules/recording.yaml', '../rules/alerts.yaml'];

/** The cases of all alerts as tests of promtool. */
export function unitTestFiles() {
  return Object.fromEntries(
    Object.entries(EVALUATED_EVERY).map(([duration, interval]) => [
      `${duration}.test.yaml`,
      fileOf(interval, ({ takes = 'minutes' }) => takes === duration),
    ]),
  );
}

function fileOf(interval: string, isIn: (each: AlertCase) => boolean) {
  return {
    rule_files: RULE_FILES,
    evaluation_interval: interval,
    // Else by chance; alerts would then find no series of five minutes ago.
    group_eval_order: [...recordingGroups, ...alertGroups].map(({ name }) => name),
    tests: allAlerts.flatMap((alert) => alert.cases.filter(isIn).map((each) => testOf(alert, each))),
  };
}

function testOf({ name }: Alert, { name: what, series, at, step = '1m', fires }: AlertCase) {
  return {
    name: `${name}: ${what}`,
    interval: step,
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [
      { eval_time: at, alertname: name, exp_alerts: fires.map((labels) => expected(name, labels)) },
    ],
  };
}

function expected(name: string, labels: Labels) {
  const alert = allAlerts.find((each) => each.name === name && agree(each.labels ?? {}, labels));
  if (alert === undefined) throw new Error(`${name} has no alert with ${JSON.stringify(labels)}`);
  return {
    exp_labels: { severity: alert.severity, ...labels },
    exp_annotations: {
      summary: alert.summary.replaceAll(
        /\{\{ \$labels\.(\w+) \}\}/gu,
        (_, label: string) => labels[label] ?? '',
      ),
      runbook_url: `${RUNBOOKS}/${runbookOf(name)}`,
    },
  };
}

function agree(some: Labels, all: Labels): boolean {
  return Object.entries(some).every(([label, value]) => all[label] === value);
}
