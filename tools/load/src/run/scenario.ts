import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../../artillery');

/** Writes the scenario with phases of another length into `folder`, beside its users.csv; returns the file to run. */
export function prepareScenario(folder: string, scale: number): string {
  const file = join(folder, 'scenario.yml');
  writeFileSync(file, scaledPhases(readFileSync(join(source, 'scenario.yml'), 'utf8'), scale));
  copyFileSync(join(source, 'processor.mjs'), join(folder, 'processor.mjs'));
  return file;
}

/** The text of a scenario in which every phase lasts `scale` times as long, in whole seconds and at least one. */
export function scaledPhases(text: string, scale: number): string {
  return text.replaceAll(
    /^( +duration: )(\d+)$/gm,
    (_line, start: string, seconds: string) => `${start}${Math.max(1, Math.round(Number(seconds) * scale))}`,
  );
}
