import { PostgresDriver, type DatabaseConnection, type Driver } from 'kysely';
import pg from 'pg';

import { cancelOnAbort } from './connection.ts';
import { Cursor } from './cursor.ts';
import type { HostPool } from './host-pool.ts';
import type { PooledClient } from './pooled-client.ts';

/** A connection as Kysely sees it, and the client below it. */
export type Lease = { readonly client: PooledClient; readonly connection: DatabaseConnection };

/** Kysely's connections over a host's pool, whose statements end on the server when they are aborted. */
export class HostConnections {
  readonly driver: Driver;
  readonly #pool: HostPool;
  readonly #ready: Promise<void>;
  readonly #known = new WeakSet<DatabaseConnection>();
  #handover: PooledClient | undefined;

  constructor(pool: HostPool) {
    this.#pool = pool;
    this.driver = new PostgresDriver({
      pool: {
        options: pool.options,
        connect: () => this.#takeHandover(),
        end: () => Promise.resolve(),
      },
      cursor: Cursor,
      controlClient: pg.Client,
    });
    this.#ready = this.driver.init();
  }

  /** Takes a connection; to write with, none of a standby. */
  async open(isForWrites: boolean): Promise<Lease> {
    await this.#ready;
    const client = await this.#pool.connect(isForWrites);
    // Kysely's driver takes over the client before this line ends.
    this.#handover = client;
    const connection = await this.driver.acquireConnection();
    if (!this.#known.has(connection)) {
      this.#known.add(connection);
      cancelOnAbort(connection, client);
    }
    return { client, connection };
  }

  async release({ connection }: Lease): Promise<void> {
    await this.driver.releaseConnection(connection);
  }

  #takeHandover(): Promise<PooledClient> {
    const client = this.#handover;
    this.#handover = undefined;
    return client ? Promise.resolve(client) : Promise.reject(new Error('connections come from the host'));
  }
}
