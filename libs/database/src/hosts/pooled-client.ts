import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

import { DatabaseUnavailableError, isConnectionFailure, isReadOnlyHost } from '../errors.ts';
import { startDeadline } from './deadline.ts';

/** What a client needs to know of its host. */
export type ClientContext = {
  readonly host: string;
  readonly role: 'primary' | 'replica';
  /** After this long without an answer the connection is given up; undefined: the server's timeout only. */
  readonly deadlineMs: number | undefined;
  readonly onConnectionFailure: (error: unknown) => void;
};

/** A pool's client as Kysely's driver sees it: statements have a deadline and failures a type. */
export class PooledClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #context: ClientContext;

  constructor(client: pg.PoolClient, context: ClientContext) {
    this.#client = client;
    this.#context = context;
  }

  get processID(): number {
    return (this.#client as unknown as { processID: number }).processID;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement === 'string') return this.#run<R>(statement, parameters);
    this.#client.query(statement as unknown as pg.Submittable);
    return statement;
  }

  release(isBroken = false): void {
    this.#client.release(isBroken);
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const { deadlineMs } = this.#context;
    let isLate = false;
    const finish =
      deadlineMs === undefined
        ? undefined
        : startDeadline(deadlineMs, () => {
            isLate = true;
            this.#client.connection.stream.destroy();
          });
    try {
      return (await this.#client.query(sql, parameters as unknown[])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      throw this.#typed(error, isLate);
    } finally {
      finish?.();
    }
  }

  #typed(error: unknown, isLate: boolean): unknown {
    const { host, role, deadlineMs } = this.#context;
    if (isLate) {
      return new DatabaseUnavailableError(host, `no answer within ${deadlineMs ?? 0} ms`, {
        mayHaveRun: true,
        cause: error,
      });
    }
    if (isConnectionFailure(error)) {
      this.#context.onConnectionFailure(error);
      return new DatabaseUnavailableError(host, 'the connection was lost', {
        mayHaveRun: true,
        cause: error,
      });
    }
    if (role === 'primary' && isReadOnlyHost(error)) {
      return new DatabaseUnavailableError(host, 'the primary only reads', {
        mayHaveRun: false,
        cause: error,
      });
    }
    return error;
  }
}
