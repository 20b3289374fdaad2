import { execFile } from 'node:child_process';

import type { Account } from './account.ts';

/** How to run a program that ends by itself. */
export type RunOptions = {
  readonly cwd: string;
  readonly account?: Account | undefined;
  /** Given to its standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
};

/** Runs a program to its end. A failure holds what it wrote to its standard error. */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { cwd, account, input, signal } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd, ...account, signal, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } },
      (error, _stdout, stderr) => {
        if (error) reject(new Error(`${command} failed\n${stderr.trimEnd()}`, { cause: error }));
        else resolve();
      },
    );
    child.stdin?.end(input);
  });
}
