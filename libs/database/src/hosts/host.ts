import {
  PostgresDriver,
  type AbortableOperationOptions,
  type ConnectionProvider,
  type DatabaseConnection,
  type Driver,
} from 'kysely';
import pg from 'pg';

import { DatabaseOverloadedError, DatabaseUnavailableError } from '../errors.ts';
import { formatWalPosition, type WalPosition } from '../wal-position.ts';
import { Cursor } from './cursor.ts';
import { Gate } from './gate.ts';
import { HostPool, type PoolOptions } from './host-pool.ts';
import type { HostState, HostStatus } from './host-status.ts';

/** How to reach one host and how much to ask of it. */
export type HostOptions = PoolOptions & {
  readonly role: 'primary' | 'replica';
  readonly waitersMax: number;
  readonly acquireTimeoutMs: number;
  /** See `ClientContext`. */
  readonly deadlineMs: number | undefined;
  /** Called when a connection could not be made or broke. */
  readonly onConnectionFailure: (host: Host, error: unknown) => void;
};

/** What a probe has found out. */
export type Observation = { readonly position: WalPosition; readonly lagMs: number | undefined };

/** One Postgres server: a bounded pool of connections and what is known of its health. */
export class Host implements ConnectionProvider {
  readonly name: string;
  readonly role: 'primary' | 'replica';
  readonly connectionString: string;
  readonly driver: Driver;
  readonly #options: HostOptions;
  readonly #gate: Gate;
  readonly #pool: HostPool;
  readonly #ready: Promise<void>;
  #state: HostState = 'ejected';
  #reason = 'not probed yet';
  #observation: Observation | undefined;
  #ejections = 0;

  constructor(options: HostOptions) {
    const { hostname, port } = new URL(options.url);
    this.name = `${hostname}:${port === '' ? '5432' : port}`;
    this.role = options.role;
    this.connectionString = options.url;
    this.#options = options;
    this.#gate = new Gate({
      permits: options.poolSizeMax,
      waitersMax: options.waitersMax,
      timeoutMs: options.acquireTimeoutMs,
      refuse: (message) => new DatabaseOverloadedError(this.name, message),
    });
    this.#pool = new HostPool(options, {
      host: this.name,
      role: options.role,
      deadlineMs: options.deadlineMs,
      onConnectionFailure: (error) => options.onConnectionFailure(this, error),
    });
    this.driver = new PostgresDriver({
      pool: this.#pool.forKysely(),
      cursor: Cursor,
      controlClient: pg.Client,
    });
    this.#ready = this.driver.init();
  }

  get state(): HostState {
    return this.#state;
  }

  get inFlight(): number {
    return this.#gate.used;
  }

  /** What a replica had replayed, or the primary flushed, at the last probe. */
  get position(): WalPosition | undefined {
    return this.#observation?.position;
  }

  /** Lends a connection to `consumer`; waiting for it is bounded in number and in time. */
  async provideConnection<T>(
    consumer: (connection: DatabaseConnection) => Promise<T>,
    options?: AbortableOperationOptions,
  ): Promise<T> {
    await this.#gate.enter(options?.signal);
    const connection = await this.#connect(options?.signal);
    try {
      return await consumer(connection);
    } finally {
      await this.#release(connection);
    }
  }

  /** Notes a good probe; true when the host was ejected before. */
  markUp(observation: Observation): boolean {
    const isBack = this.#state === 'ejected';
    this.#observation = observation;
    this.#state = 'up';
    this.#reason = 'answers';
    return isBack;
  }

  /** Takes the host out of rotation; a replica's connections are closed, so that nobody waits on it. */
  eject(reason: string): boolean {
    const wasUp = this.#state === 'up';
    this.#state = 'ejected';
    this.#reason = reason;
    this.#observation = undefined;
    if (wasUp) this.#ejections += 1;
    if (this.role === 'replica') this.#pool.disconnect();
    return wasUp;
  }

  status(): HostStatus {
    const position = this.#observation?.position;
    return {
      name: this.name,
      role: this.role,
      state: this.#state,
      reason: this.#reason,
      inFlight: this.#gate.used,
      waiting: this.#gate.waiting,
      lagMs: this.#observation?.lagMs,
      replayed: position === undefined ? undefined : formatWalPosition(position),
      ejections: this.#ejections,
    };
  }

  /** Refuses new work, gives what runs two seconds, and closes every connection. */
  async end(): Promise<void> {
    this.#gate.close(new DatabaseUnavailableError(this.name, 'closed', { mayHaveRun: false }));
    await this.#pool.end();
  }

  async #connect(signal: AbortSignal | undefined): Promise<DatabaseConnection> {
    const connecting = this.#ready.then(() => this.driver.acquireConnection());
    let onAbort: (() => void) | undefined;
    try {
      if (!signal) return await connecting;
      const aborted = new Promise<never>((_resolve, reject) => {
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
      });
      return await Promise.race([connecting, aborted]);
    } catch (error) {
      if (signal?.aborted) {
        // The connection is on its way; it goes straight back to the pool.
        connecting.then(
          (connection) => this.#release(connection),
          () => this.#gate.leave(),
        );
        throw error;
      }
      this.#gate.leave();
      this.#options.onConnectionFailure(this, error);
      throw new DatabaseUnavailableError(this.name, 'cannot connect', { mayHaveRun: false, cause: error });
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
    }
  }

  async #release(connection: DatabaseConnection): Promise<void> {
    try {
      await this.driver.releaseConnection(connection);
    } finally {
      this.#gate.leave();
    }
  }
}
