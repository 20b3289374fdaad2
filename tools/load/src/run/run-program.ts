import { spawn } from 'node:child_process';

/** How a program is run: where, with which environment, and with its output or without. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end with our terminal; resolves to its exit code. Our own end ends it too. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env = process.env }: ProgramOptions = {},
): Promise<number> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
