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
        const settle = () => {
          if (error) reject(new Error(`${command} failed\n${stderr.trimEnd()}`, { cause: error }));
          else resolve();
        };
        // An abort is told before the program has ended, and it may still write.
        if (signal?.aborted && child.pid !== undefined && !isClosed) child.once('close', settle);
        else settle();
      },
    );
    let isClosed = false;
    child.once('close', () => (isClosed = true));
    child.stdin?.end(input);
  });
}
