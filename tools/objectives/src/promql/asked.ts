import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allAlerts } from '../alerts/all-alerts.ts';
import { rows, SERVICES } from '../dashboard/dashboard.ts';
import { RUNBOOKS } from '../output/rule-files.ts';
import { recordingGroups } from '../rules/recording.ts';

/** Something that Prometheus is asked. */
export interface Asked {
  readonly where: string;
  readonly expr: string;
  /** Labels that a reader is shown of the answer. */
  readonly shown?: readonly string[];
}

const FOLDER = join(import.meta.dirname, '../../../..', RUNBOOKS);

/** All that rules, the dashboard and the runbooks ask. */
export const asked: readonly Asked[] = [
  ...allAlerts.map(({ name, expr }) => ({ where: `alert ${name}`, expr })),
  ...recordingGroups.flatMap(({ rules }) =>
    rules.map(({ record, expr }) => ({ where: `rule ${record}`, expr })),
  ),
  ...rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries }) =>
      queries.map(({ legend, expr }) => ({ where: `panel ${title}`, expr, shown: labelsOf(legend) })),
    ),
  ),
  { where: 'services to choose from', expr: SERVICES, shown: ['service'] },
  ...readdirSync(FOLDER).flatMap((page) =>
    queriesIn(readFileSync(join(FOLDER, page), 'utf8')).map((expr) => ({ where: page, expr })),
  ),
];

function labelsOf(legend: string): string[] {
  return [...legend.matchAll(/\{\{(\w+)\}\}/gu)].map(([, label = '']) => label);
}

function queriesIn(page: string): string[] {
  return [...page.matchAll(/^```promql\n(.*?)^```$/gmsu)].map(([, query = '']) => query.trim());
}
