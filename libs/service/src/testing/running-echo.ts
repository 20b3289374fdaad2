import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  childrenOf,
  freePort,
  sendSignal,
  startProcess,
  waitFor,
  type ManagedProcess,
} from '@ganitagya/testing';
import type { WorkerTimes } from '../workers/worker-times.ts';

const MAIN = fileURLToPath(new URL('../fixtures/echo-main.ts', import.meta.url));
const CLOCK_TICKS_PER_SECOND = 100;

/** A worker as the health page shows it. */
export interface WorkerReport {
  readonly pid: number;
  readonly slot: number;
  readonly state: string;
  readonly status: string;
  readonly restarts: number;
  readonly inFlight: number;
  readonly rssBytes: number;
  readonly ageMs: number;
  readonly loopLagMs: number;
  readonly node: string;
  readonly version: string;
}

/** What the health page of a group says. */
export interface GroupReport {
  readonly status: string;
  readonly ready: number;
  readonly rollingRestart: { readonly state: string; readonly replaced: number; readonly reason?: string };
  readonly workers: readonly WorkerReport[];
}

/** The echo service in processes of its own. */
export interface RunningEcho extends ManagedProcess {
  readonly url: string;
  readonly management: string;
  /** What it logged, one JSON object a line. */
  readonly lines: readonly string[];
  health(): Promise<GroupReport>;
  /** The processes of all workers that take requests, when all do. */
  whole(count: number): Promise<number[]>;
  stop(): Promise<void>;
}

/** How to start it. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly times?: Partial<WorkerTimes>;
  readonly readyWhen?: RegExp;
  /** Starts it with another program in front. */
  readonly prefix?: readonly [string, ...string[]];
}

/** Starts the echo service and waits until it listens. */
export async function runEcho({
  env = {},
  times = {},
  readyWhen = /"msg":"listening"/u,
  prefix,
}: RunOptions = {}): Promise<RunningEcho> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const lines: string[] = [];
  const [command, ...args]: [string, ...string[]] =
    prefix === undefined ? [process.execPath, MAIN] : [...prefix, process.execPath, MAIN];
  const started = await startProcess({
    name: 'echo',
    command,
    args,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
      ECHO_TIMES: JSON.stringify(times),
      ...env,
    },
    readyWhen,
    readyTimeoutMs: 30_000,
    exitSignal: 'SIGKILL',
    log: (line) => void lines.push(line),
  });
  const management = `http://127.0.0.1:${managementPort}`;
  const health = async () => {
    const answer = await fetch(`${management}/health`, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as GroupReport;
  };
  return {
    ...started,
    url: `http://127.0.0.1:${port}`,
    management,
    lines,
    health,
    whole: (count) =>
      waitFor(
        async () => {
          const { workers } = await health();
          const pids = workers.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
          return workers.length === count && pids.length === count && pids;
        },
        { what: `${count} workers`, timeoutMs: 30_000, intervalMs: 50 },
      ),
    async stop() {
      if (!started.isRunning()) return;
      const children = childrenOf(started.pid);
      sendSignal(started.pid, 'SIGKILL');
      for (const child of children) sendSignal(child, 'SIGKILL');
      await started.exited;
    },
  };
}

/** The CPU that a process has used so far, in milliseconds; Linux. */
export function cpuMsOf(pid: number): number {
  // After the name in parentheses, which may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND) * 1_000;
}

/** Whether a process is there, even if it is stopped. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
