import type { PostgresPool } from 'kysely';
import pg from 'pg';

import { PooledClient, type ClientContext } from './pooled-client.ts';

const IDLE_TIMEOUT_MS = 30_000;
const LIFETIME_MAX_S = 1_800;
const END_TIMEOUT_MS = 2_000;

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
  readonly #clients = new Set<pg.PoolClient>();

  constructor(options: PoolOptions, context: ClientContext) {
    this.#context = context;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.poolSizeMax,
      connectionTimeoutMillis: options.connectTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      maxLifetimeSeconds: LIFETIME_MAX_S,
      statement_timeout: options.statementTimeoutMs,
      keepAlive: true,
    });
    this.#pool.on('connect', (client) => {
      this.#clients.add(client);
      // A client in use has no listener of its own: without this one a broken connection ends the process.
      client.on('error', context.onConnectionFailure);
    });
    this.#pool.on('remove', (client) => this.#clients.delete(client));
    this.#pool.on('error', context.onConnectionFailure);
  }

  /** The pool as Kysely's driver wants it; one wrapper per client, because the driver remembers what it has seen. */
  forKysely(): PostgresPool {
    const wrappers = new WeakMap<pg.PoolClient, PooledClient>();
    return {
      options: this.#pool.options,
      connect: async () => {
        const client = await this.#pool.connect();
        const wrapper = wrappers.get(client) ?? new PooledClient(client, this.#context);
        wrappers.set(client, wrapper);
        return wrapper;
      },
      end: () => this.end(),
    };
  }

  /** Closes every connection where it stands: what runs on it fails now instead of waiting. */
  disconnect(): void {
    for (const client of this.#clients) client.connection.stream.destroy();
  }

  /** Gives what runs two seconds, then closes every connection. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.disconnect(), END_TIMEOUT_MS);
    await this.#pool.end();
    clearTimeout(timer);
    // Connections that said goodbye to a frozen host still wait for its answer.
    this.disconnect();
  }
}
