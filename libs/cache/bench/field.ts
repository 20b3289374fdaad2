import { readFileSync } from 'node:fs';

import type { Entrant, Settings } from './contestant.ts';

/** This library. */
export const OURS = { name: 'ours', module: 'ours.ts', settings: 'default' } as const;
const LAYERED = ['bentocache', 'cacheable', 'cache-manager'];

/** Everybody who has two tiers, with given settings; ours first. */
export function layeredField(...settings: readonly Settings[]): Entrant[] {
  return [OURS, ...LAYERED.flatMap((rival) => settings.map((setting) => rivalOf(rival, setting)))];
}

/** A rival's entry, its name with the installed version. */
export function rivalOf(rival: string, settings: Settings): Entrant {
  const suffix = settings === 'default' || settings === 'shared' ? '' : `, ${settings}`;
  return { name: `${rival} ${versionOf(rival)}${suffix}`, module: `rivals/${rival}.mjs`, settings };
}

function versionOf(rival: string): string {
  const file = new URL('./rivals/package.json', import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[rival] ?? '';
}
