import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { Account } from './account.ts';
import { killAtExit } from './exit-guard.ts';
import { endWithThisProcess } from './outlive-guard.ts';
import { sendSignal } from './process-tree.ts';

const TAIL_LINES_MAX = 40;

/** How to start a server, and the line of its output that says it is ready. */
export type ProcessOptions = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly account?: Account | undefined;
  readonly readyWhen: RegExp;
  readonly readyTimeoutMs: number;
  /** Sent when our own process ends first. */
  readonly exitSignal: NodeJS.Signals;
  readonly log?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** How a process ended. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A running server in a process group of its own, which never outlives this process. */
export type ManagedProcess = { readonly pid: number; readonly exited: Promise<Exit>; isRunning(): boolean };

/** Starts a server and waits until it says it is ready. A failure holds the tail of its output. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  options.signal?.throwIfAborted();
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...options.env },
    ...options.account,
  });
  const tail: string[] = [];
  let onLine: (line: string) => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES_MAX) tail.shift();
      options.log?.(line);
      onLine(line);
    });
  }
  const exited = exitOf(child);
  if (child.pid === undefined) {
    throw new Error(`${options.name} could not be started: ${options.command}`, {
      cause: (await exited).error,
    });
  }
  const pid = child.pid;
  const disarm = killAtExit(() => {
    sendSignal(pid, options.exitSignal);
    sendSignal(pid, 'SIGCONT');
  });
  const release = endWithThisProcess(pid, options.exitSignal);
  void exited.then(() => {
    disarm();
    release();
  });

  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      onLine = () => undefined;
      clearTimeout(timer);
      child.off('close', onClose);
      options.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (reason: string, cause?: unknown) => {
      settle();
      if (isRunning(child)) sendSignal(pid, 'SIGKILL');
      reject(new Error([`${options.name} ${reason}`, ...tail].join('\n'), { cause }));
    };
    const onAbort = () => fail('was not wanted any more', options.signal?.reason);
    const onClose = (code: number | null, signal: string | null) =>
      fail(`ended at its start (${signal ?? `code ${String(code)}`})`);
    const timer = setTimeout(
      () => fail(`was not ready within ${options.readyTimeoutMs} ms`),
      options.readyTimeoutMs,
    );
    child.once('close', onClose);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    onLine = (line) => {
      if (!options.readyWhen.test(line)) return;
      settle();
      resolve();
    };
  });
  return { pid, exited, isRunning: () => isRunning(child) };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function exitOf(child: ChildProcess): Promise<Exit & { error?: Error }> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
