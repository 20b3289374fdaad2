import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import type { Account } from '../process/account.ts';
import { startProcess, type Exit, type ManagedProcess } from '../process/managed-process.ts';
import { childrenOf, sendSignal } from '../process/process-tree.ts';
import { DATABASE, removeStaleLock, SUPERUSER } from './data-folder.ts';
import { settingArguments, type Settings } from './settings.ts';

const LEFTOVERS_TIMEOUT_MS = 5_000;
const LEFTOVERS_POLL_MS = 50;
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 15_000;

/** What a host needs to start, again and again, on the same port. */
export type HostOptions = {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly postgres: string;
  readonly account: Account | undefined;
  readonly password: string;
  readonly settings: Settings;
  readonly isTemporary: boolean;
  readonly log: ((line: string) => void) | undefined;
};

/** One Postgres server on 127.0.0.1, with faults on demand. */
export class PostgresHost {
  readonly name: string;
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #options: HostOptions;
  #process: ManagedProcess | undefined;
  #frozen: number[] = [];

  constructor(options: HostOptions) {
    this.name = options.name;
    this.port = options.port;
    this.#options = options;
  }

  /** The postmaster's process id. */
  get pid(): number {
    return this.#started().pid;
  }

  /** Resolves when the server that runs now has ended. */
  get exited(): Promise<Exit> {
    return this.#started().exited;
  }

  /** Whether the server process is alive (frozen counts). */
  get isRunning(): boolean {
    return this.#process?.isRunning() ?? false;
  }

  /** A connection string: the superuser and the database `ganitagya` unless told otherwise. */
  url(user = SUPERUSER, password = this.#options.password, database = DATABASE): string {
    const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    return `postgres://${credentials}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Starts the server and waits until it accepts connections; recovers by itself after a crash. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} runs already`);
    const until = performance.now() + LEFTOVERS_TIMEOUT_MS;
    for (;;) {
      try {
        await this.#launch(signal);
        return;
      } catch (error) {
        // Children outlive a killed postmaster by moments, and no other may start meanwhile.
        const mayPass = error instanceof Error && error.message.includes('pre-existing shared memory block');
        if (!mayPass || performance.now() > until) throw error;
        await sleep(LEFTOVERS_POLL_MS, undefined, { signal });
      }
    }
  }

  async #launch(signal: AbortSignal | undefined): Promise<void> {
    const { name, port, path, postgres, account, settings, log } = this.#options;
    removeStaleLock(path);
    this.#process = await startProcess({
      name: `postgres ${name}`,
      command: postgres,
      args: ['-D', path, '-p', String(port), ...settingArguments(settings)],
      cwd: path,
      account,
      readyWhen: /database system is ready to accept/,
      readyTimeoutMs: READY_TIMEOUT_MS,
      exitSignal: this.#options.isTemporary ? 'SIGKILL' : 'SIGQUIT',
      log: log && ((line) => log(`${name}: ${line}`)),
      signal,
    });
  }

  /** Sends a signal to the postmaster and waits for its end when the signal ends it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid, exited } = this.#started();
    sendSignal(pid, signal);
    if (signal === 'SIGKILL' || signal === 'SIGQUIT') {
      this.thaw();
      await exited;
    }
  }

  /** Stops the server and all its children where they stand: connections stay open, nothing answers. */
  freeze(): void {
    const { pid } = this.#started();
    // The parent first, so that no child is born while the children are counted.
    sendSignal(pid, 'SIGSTOP');
    this.#frozen = [pid, ...childrenOf(pid)];
    for (const each of this.#frozen) sendSignal(each, 'SIGSTOP');
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    for (const pid of this.#frozen.splice(0)) sendSignal(pid, 'SIGCONT');
  }

  /** Ends the server: fast shutdown (at once for throw-away data), and SIGKILL after 15 s. */
  async stop(): Promise<void> {
    const server = this.#process;
    if (!server?.isRunning()) return;
    const timer = setTimeout(() => sendSignal(server.pid, 'SIGKILL'), STOP_TIMEOUT_MS);
    sendSignal(server.pid, this.#options.isTemporary ? 'SIGQUIT' : 'SIGINT');
    this.thaw();
    await server.exited;
    clearTimeout(timer);
  }

  /** Runs one statement as the superuser on a connection of its own. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({
      connectionString: this.url(),
      connectionTimeoutMillis: 5_000,
      query_timeout: 35_000,
    });
    client.on('error', () => client.connection.stream.destroy());
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  #started(): ManagedProcess {
    if (!this.#process) throw new Error(`${this.name} has not been started`);
    return this.#process;
  }
}
