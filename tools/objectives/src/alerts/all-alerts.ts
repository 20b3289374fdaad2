import type { Alert, RuleGroup } from '../rules/rule.ts';
import { burnAlerts } from './burn.ts';
import { databaseAlerts } from './database.ts';
import { dependencyAlerts } from './dependencies.ts';
import { loadAlerts } from './load.ts';
import { missingServices } from './missing-services.ts';
import { processAlerts } from './processes.ts';

const groups: Readonly<Record<string, readonly Alert[]>> = {
  burn: burnAlerts,
  database: databaseAlerts,
  dependencies: dependencyAlerts,
  load: loadAlerts,
  processes: [...processAlerts, ...missingServices],
};

/** Every alert, in groups. */
export const alertGroups: readonly RuleGroup<Alert>[] = Object.entries(groups).map(([name, rules]) => ({
  name,
  interval: '30s',
  rules,
}));

/** Every alert. */
export const allAlerts: readonly Alert[] = alertGroups.flatMap(({ rules }) => rules);
