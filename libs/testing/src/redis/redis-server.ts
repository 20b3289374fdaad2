import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../network/free-port.ts';
import { findOnPath, MissingProgramError } from '../process/find-on-path.ts';
import { startProcess, type Exit, type ManagedProcess } from '../process/managed-process.ts';
import { sendSignal } from '../process/process-tree.ts';

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 15_000;

/** Where Redis listens and whether it keeps anything. */
export type RedisOptions = {
  /** An append-only file lives here. Without it nothing is kept. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly log?: (line: string) => void;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
};

/** A running redis-server on 127.0.0.1, with faults on demand. */
export type RedisServer = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server that runs now has ended. */
  readonly exited: Promise<Exit>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Connections stay open, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends the process; `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** Starts the redis-server of PATH. Throws a `MissingProgramError` when there is none. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const command = findOnPath('redis-server');
  if (command === undefined) throw new MissingProgramError('redis-server', 'redis-server');
  const port = options.port ?? (await freePort());
  let scratch: string | undefined;
  let server: ManagedProcess | undefined;

  const start = async () => {
    if (server?.isRunning()) throw new Error('redis runs already');
    if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true });
    else scratch ??= mkdtempSync(join(tmpdir(), 'ganitagya-redis-'));
    const folder = options.dataDir ?? scratch ?? tmpdir();
    const appendOnly = options.dataDir === undefined ? 'no' : 'yes';
    server = await startProcess({
      name: 'redis',
      command,
      args: [
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--daemonize',
        'no',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        appendOnly,
      ],
      cwd: folder,
      readyWhen: /ready to accept connections/i,
      readyTimeoutMs: READY_TIMEOUT_MS,
      exitSignal: 'SIGKILL',
      ...(options.log && { log: options.log }),
      ...(options.signal && { signal: options.signal }),
    });
  };
  const running = () => {
    if (!server) throw new Error('redis has not been started');
    return server;
  };
  const end = async (signal: NodeJS.Signals) => {
    const redis = running();
    if (!redis.isRunning()) return;
    const timer = setTimeout(() => sendSignal(redis.pid, 'SIGKILL'), STOP_TIMEOUT_MS);
    sendSignal(redis.pid, signal);
    sendSignal(redis.pid, 'SIGCONT');
    await redis.exited;
    clearTimeout(timer);
  };

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running().pid;
    },
    get exited() {
      return running().exited;
    },
    kill: (signal = 'SIGKILL') => end(signal),
    freeze: () => void sendSignal(running().pid, 'SIGSTOP'),
    thaw: () => void sendSignal(running().pid, 'SIGCONT'),
    stop: async () => {
      await end('SIGTERM');
      if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
      scratch = undefined;
    },
    start,
  };
}

/** A Redis that lives as long as the test. */
export async function redisForTest(
  t: { after(stop: () => Promise<void>): void },
  options: RedisOptions = {},
): Promise<RedisServer> {
  const server = await startRedis(options);
  t.after(() => server.stop());
  return server;
}
