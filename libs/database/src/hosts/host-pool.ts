import { DatabaseOverloadedError, DatabaseUnavailableError } from '../errors.ts';
import { AnswerWatch } from './answer-watch.ts';
import { Gate } from './gate.ts';
import { HostClient } from './host-client.ts';
import { HostConnection } from './host-connection.ts';
import { IdleConnections } from './idle-connections.ts';
import type { LeaseOptions } from './host-types.ts';
import type { ConnectionContext } from './statement-errors.ts';

/** Where to connect, how often, and how long to wait for it. */
export type PoolOptions = {
  readonly url: string;
  readonly applicationName: string;
  readonly poolSizeMax: number;
  readonly waitersMax: number;
  readonly acquireTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
};

/** What a pool tells its host, and asks of it. */
export type PoolContext = Omit<ConnectionContext, 'onWait'> & {
  /** Whether a statement without an answer after the deadline is to be given up. */
  isLost(): boolean;
};

/**
 * The connections to one host: bounded in number, as are the callers that wait for one and their time. One that is idle is
 * lent without a turn of the event loop, without a timer and without a listener: those made pg.Pool a tenth of a read.
 */
export class HostPool {
  readonly #options: PoolOptions;
  readonly #context: ConnectionContext;
  readonly #gate: Gate;
  readonly #watch: AnswerWatch<HostConnection>;
  readonly #idle: IdleConnections;
  /** Those that are still being made included. */
  readonly #clients = new Set<HostClient>();
  readonly #connections = new Set<HostConnection>();

  constructor(options: PoolOptions, context: PoolContext) {
    const { poolSizeMax, waitersMax, acquireTimeoutMs } = options;
    this.#options = options;
    this.#gate = new Gate({
      permits: poolSizeMax,
      waitersMax,
      timeoutMs: acquireTimeoutMs,
      refuse: (message) => new DatabaseOverloadedError(context.host, message),
    });
    this.#watch = new AnswerWatch({
      items: this.#connections,
      deadlineMs: () => context.deadlineMs,
      onLate: (connection) => {
        if (!context.isLost()) return;
        connection.isLate = true;
        connection.isDiscarded = true;
        connection.client.giveUp();
      },
    });
    this.#context = Object.create(context, {
      onWait: { value: () => this.#watch.begin() },
    }) as ConnectionContext;
    this.#idle = new IdleConnections((connection) => this.#close(connection));
  }

  /** Connections lent, and those being made for a borrower. */
  get used(): number {
    return this.#gate.used;
  }

  get waiting(): number {
    return this.#gate.waiting;
  }

  /** An idle connection that may be used at once; undefined when `take` would have to wait. */
  tryTake({ signal, isForWrites = false }: LeaseOptions): HostConnection | undefined {
    if (this.#idle.count === 0 || signal?.aborted || !this.#gate.tryEnter()) return undefined;
    const connection = this.#takeIdle(isForWrites);
    if (!connection) this.#gate.leave();
    return connection;
  }

  /** A connection; to write with, none of a standby. Rejects with a type when there is none in time. */
  async take({ signal, isForWrites = false }: LeaseOptions): Promise<HostConnection> {
    await this.#gate.enter(signal);
    const idle = this.#takeIdle(isForWrites);
    if (idle) return idle;
    const connecting = this.#connect();
    let connection: HostConnection;
    try {
      connection = await unlessAborted(connecting, signal);
    } catch (error) {
      // When it is the caller who left, the connection is on its way, and will be the next one's.
      if (signal?.aborted) {
        connecting.then(
          (made) => this.giveBack(made),
          () => undefined,
        );
      }
      throw error;
    }
    connection.isForWrites = isForWrites;
    if (!isForWrites || !connection.client.isStandby) return connection;
    connection.isDiscarded = true;
    this.giveBack(connection);
    throw this.#context.onRoleFailure('is a standby, not the primary');
  }

  giveBack(connection: HostConnection): void {
    if (connection.isDiscarded || this.#gate.isClosed) this.#close(connection);
    else this.#idle.add(connection);
    this.#gate.leave();
  }

  /** Refuses those who wait now. Before `disconnect`: what is closed would let them in, to wait for a host that is lost. */
  turnAway(reason: string): void {
    this.#gate.turnAway(new DatabaseUnavailableError(this.#context.host, reason, { mayHaveRun: false }));
  }

  /** Closes every connection where it stands. */
  disconnect(): void {
    this.#idle.forget();
    for (const connection of this.#connections) connection.isDiscarded = true;
    for (const client of this.#clients) client.giveUp();
  }

  /** Refuses new work, gives what runs some time, then closes every connection. */
  async end(graceMs: number): Promise<void> {
    this.#gate.close(new DatabaseUnavailableError(this.#context.host, 'closed', { mayHaveRun: false }));
    this.#idle.end();
    const ended = [...this.#clients].map((client) => client.ended);
    const timer = setTimeout(() => this.disconnect(), graceMs);
    await Promise.all(ended);
    clearTimeout(timer);
    this.#watch.end();
  }

  #takeIdle(isForWrites: boolean): HostConnection | undefined {
    for (;;) {
      const connection = this.#idle.take();
      if (!connection) return undefined;
      connection.isForWrites = isForWrites;
      if (!isForWrites || !connection.client.isStandby) return connection;
      // One that was idle during a promotion has not been told of it: only a new one knows.
      this.#close(connection);
    }
  }

  async #connect(): Promise<HostConnection> {
    const { url, applicationName, connectTimeoutMs, statementTimeoutMs } = this.#options;
    const client = new HostClient({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
    });
    this.#clients.add(client);
    const connection = new HostConnection(client, this.#context);
    // Without a listener a connection that breaks ends the process.
    client.on('error', (error) => {
      connection.isDiscarded = true;
      this.#idle.remove(connection);
      if (!client.isGivenUp) this.#context.onConnectionFailure(error);
    });
    client.once('end', () => {
      connection.isDiscarded = true;
      this.#idle.remove(connection);
      this.#connections.delete(connection);
      this.#clients.delete(client);
    });
    try {
      await client.connect();
    } catch (error) {
      client.giveUp();
      this.#clients.delete(client);
      this.#gate.leave();
      this.#context.onConnectionFailure(error);
      throw new DatabaseUnavailableError(this.#context.host, 'cannot connect', {
        mayHaveRun: false,
        cause: error,
      });
    }
    this.#connections.add(connection);
    return connection;
  }

  #close(connection: HostConnection): void {
    connection.isDiscarded = true;
    void connection.client.end();
  }
}

/** What the promise gives, or the signal's reason, whichever is first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/** The error of a host that is not what it should be. */
export function roleError(host: string, reason: string, cause?: unknown): DatabaseUnavailableError {
  return new DatabaseUnavailableError(host, reason, { mayHaveRun: false, cause });
}
