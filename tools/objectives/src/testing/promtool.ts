import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, MissingProgramError } from '@ganitagya/testing';

const OWN = join(import.meta.dirname, '../../../../.local/bin/promtool');
const TIMEOUT_MS = 180_000;

/** How promtool ended, and all that it said. */
export interface Verdict {
  readonly isGood: boolean;
  readonly output: string;
}

/** Runs promtool, that of PATH or the one that `npm test` has loaded. */
export function promtool(args: readonly string[], input = ''): Promise<Verdict> {
  const command = findOnPath('promtool') ?? (existsSync(OWN) ? OWN : undefined);
  if (command === undefined) throw new MissingProgramError('promtool', 'prometheus');
  return new Promise((resolve) => {
    const child = execFile(command, args, { timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ isGood: error === null, output: `${stdout}${stderr}` }),
    );
    child.stdin?.end(input);
  });
}
