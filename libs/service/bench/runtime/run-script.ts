import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { hasOwnCores } from '../cores.ts';

const ALL_CORES = `0-${cpus().length - 1}`;

/** Runs another benchmark to its end, with its own output, on all cores. */
export async function runScript(file: URL, ...args: readonly string[]): Promise<void> {
  const script = [fileURLToPath(file), ...args];
  const child = hasOwnCores
    ? spawn('taskset', ['-c', ALL_CORES, process.execPath, ...script], { stdio: 'inherit' })
    : spawn(process.execPath, script, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file.pathname} ended with ${String(code)}`);
}
