import { existsSync, readFileSync } from 'node:fs';

/** What `npm start` writes down about what it runs, as far as a load run needs it. */
export interface RunningPlatform {
  readonly pid: number;
  /** The settings of each service's processes. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The platform that runs now, from its file; undefined when `npm start` does not run. */
export function runningPlatform(file: string): RunningPlatform | undefined {
  if (!existsSync(file)) return undefined;
  const { pid, env = {} } = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunningPlatform>;
  return pid === undefined ? undefined : { pid, env };
}
