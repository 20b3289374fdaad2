import { alertGroups } from '../alerts/all-alerts.ts';
import { recordingGroups } from '../rules/recording.ts';
import { runbookOf, type Alert, type RuleGroup } from '../rules/rule.ts';

/** Where runbooks are, from the root of the repository. */
export const RUNBOOKS = 'docs/runbooks';

/** The recording rules as a rule file of Prometheus. */
export function recordingFile() {
  return { groups: recordingGroups };
}

/** The alerts as a rule file of Prometheus. */
export function alertFile() {
  return { groups: alertGroups.map((group) => ({ ...group, rules: group.rules.map(ruleOf) })) };
}

function ruleOf(alert: RuleGroup<Alert>['rules'][number]) {
  const { name, expr, for: duration, severity, labels, summary } = alert;
  return {
    alert: name,
    expr,
    ...(duration && { for: duration }),
    labels: { severity, ...labels },
    annotations: { summary, runbook_url: `${RUNBOOKS}/${runbookOf(name)}` },
  };
}
