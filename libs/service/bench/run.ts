import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a script to its end; throws with what it printed when it fails. */
export async function run(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)(process.execPath, [file], { env: { PATH: process.env['PATH'] ?? '', ...env } });
}
