import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Whether servers and load have a core each; without `taskset` or a second core they take what they get. */
export const hasOwnCores =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** How to start a program on one core. */
export function onCore(core: number, program: string) {
  return hasOwnCores
    ? { command: 'taskset', prefix: ['-c', String(core), program] }
    : { command: program, prefix: [] };
}

/** Leaves the servers' core to the servers. */
export function moveToLoadCore(): void {
  if (!hasOwnCores) return;
  const { status } = spawnSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)], {
    stdio: 'ignore',
  });
  if (status !== 0) throw new Error('taskset cannot move this process');
}
