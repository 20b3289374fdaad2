import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { dashboard } from '../dashboard/dashboard.ts';
import { alertFile, recordingFile } from './rule-files.ts';
import { unitTestFiles } from './unit-tests.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const NOTE = '# Written by `npm run objectives`; change tools/objectives instead.\n';

/** Where the written files are. */
export const MONITORING = join(ROOT, 'k8s/monitoring');

/** Everything that is written, by its path below `k8s/monitoring`. */
export async function generate(): Promise<Record<string, string>> {
  const yaml: Record<string, unknown> = {
    'rules/recording.yaml': recordingFile(),
    'rules/alerts.yaml': alertFile(),
  };
  for (const [name, file] of Object.entries(unitTestFiles())) yaml[`tests/${name}`] = file;
  const texts = Object.entries(yaml).map(async ([path, value]) => {
    const text = NOTE + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
    return [path, await tidy(path, text)] as const;
  });
  const board = 'dashboards/ganitagya.json';
  texts.push(tidy(board, JSON.stringify(dashboard())).then((text) => [board, text] as const));
  return Object.fromEntries(await Promise.all(texts));
}

/** What is there now; undefined if nothing is. */
export function written(path: string): string | undefined {
  try {
    return readFileSync(join(MONITORING, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function tidy(path: string, text: string): Promise<string> {
  const filepath = join(MONITORING, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
