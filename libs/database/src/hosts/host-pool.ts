import pg from 'pg';

import { DatabaseUnavailableError } from '../errors.ts';
import { HostClient } from './host-client.ts';
import { PooledClient, type ClientContext } from './pooled-client.ts';

const IDLE_TIMEOUT_MS = 30_000;
const LIFETIME_MAX_S = 1_800;

/** Where to connect and how often. */
export type PoolOptions = {
  readonly url: string;
  readonly applicationName: string;
  readonly poolSizeMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
};

/** The connections to one host. Who may take one, and when, is the host's business. */
export class HostPool {
  readonly #context: ClientContext;
  readonly #pool: pg.Pool;
  /** Those that are still being made included. */
  readonly #clients = new Set<HostClient>();
  readonly #wrappers = new WeakMap<pg.PoolClient, PooledClient>();

  constructor(options: PoolOptions, context: ClientContext) {
    this.#context = context;
    const clients = this.#clients;
    class Client extends HostClient {
      constructor(config?: pg.ClientConfig) {
        super(config);
        clients.add(this);
        this.once('end', () => clients.delete(this));
      }
    }
    this.#pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.poolSizeMax,
      connectionTimeoutMillis: options.connectTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      maxLifetimeSeconds: LIFETIME_MAX_S,
      statement_timeout: options.statementTimeoutMs,
      keepAlive: true,
      Client,
    });
    const onError = (error: unknown, client: pg.PoolClient) => {
      if (!(client as unknown as HostClient).isGivenUp) context.onConnectionFailure(error);
    };
    // A client in use has no listener of its own: without this one a broken connection ends the process.
    this.#pool.on('connect', (client) => client.on('error', (error) => onError(error, client)));
    this.#pool.on('error', onError);
  }

  /** What Kysely's driver connects with to cancel a statement. */
  get options(): object {
    return this.#pool.options;
  }

  /** A connection; to write with, none of a standby. */
  async connect(isForWrites: boolean): Promise<PooledClient> {
    for (;;) {
      const client = await this.#pool.connect();
      const known = this.#wrappers.get(client);
      if (!isForWrites || !(client as unknown as HostClient).isStandby) {
        const wrapper = known ?? new PooledClient(client, this.#context);
        this.#wrappers.set(client, wrapper);
        wrapper.isForWrites = isForWrites;
        return wrapper;
      }
      client.release(true);
      // One that was idle during a promotion has not been told of it: only a new one knows.
      if (!known) throw this.#context.onRoleFailure('is a standby, not the primary');
    }
  }

  /** Closes every connection where it stands. */
  disconnect(): void {
    for (const client of this.#clients) client.giveUp();
  }

  /** Gives what runs some time, then closes every connection. */
  async end(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.disconnect(), graceMs);
    await this.#pool.end();
    clearTimeout(timer);
    // Connections that said goodbye to a frozen host still wait for its answer.
    this.disconnect();
  }
}

/** The error of a host that is not what it should be. */
export function roleError(host: string, reason: string, cause?: unknown): DatabaseUnavailableError {
  return new DatabaseUnavailableError(host, reason, { mayHaveRun: false, cause });
}
