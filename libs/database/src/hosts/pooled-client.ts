import { once } from 'node:events';

import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

import { DatabaseUnavailableError, isConnectionFailure, isQueryCanceled, isReadOnlyHost } from '../errors.ts';
import { startDeadline } from './deadline.ts';
import type { HostClient } from './host-client.ts';

const ANSWER_END_TIMEOUT_MS = 200;

/** What a client needs to know of its host. */
export type ClientContext = {
  readonly host: string;
  /** How long an answer may take before the host is asked whether it is alive. */
  readonly deadlineMs: number;
  readonly statementTimeoutMs: number;
  /** Whether a statement without an answer after the deadline is to be given up. */
  isLost(): boolean;
  onAnswer(durationMs: number): void;
  onConnectionFailure(error: unknown): void;
  /** The host refused to write; returns the error for the caller. */
  onRoleFailure(reason: string, cause?: unknown): DatabaseUnavailableError;
  /** Added to the end of each statement, to be seen in `pg_stat_activity`. */
  comment(): string;
};

/** A pool's client as Kysely's driver sees it: statements have a deadline, can be cancelled, and failures have a type. */
export class PooledClient implements PostgresPoolClient {
  /** Whether a refusal to write is a fault of the host. */
  isForWrites = false;
  readonly #client: pg.PoolClient;
  /** The same, by its class. */
  readonly #host: HostClient;
  readonly #context: ClientContext;
  #timeoutMs: number;
  #signal: AbortSignal | undefined;

  constructor(client: pg.PoolClient, context: ClientContext) {
    this.#client = client;
    this.#host = client as unknown as HostClient;
    this.#context = context;
    this.#timeoutMs = context.statementTimeoutMs;
  }

  get processID(): number {
    return (this.#client as unknown as { processID: number }).processID;
  }

  /** Lets the server work on each statement this long from now on. Asks it only when that is a change. */
  limitStatements(timeoutMs = this.#context.statementTimeoutMs): Promise<void> | undefined {
    const limitMs = Math.ceil(Math.min(timeoutMs, this.#context.statementTimeoutMs));
    return limitMs === this.#timeoutMs ? undefined : this.#setTimeout(limitMs);
  }

  async #setTimeout(limitMs: number): Promise<void> {
    await this.#run(`set statement_timeout = ${limitMs}`, []);
    this.#timeoutMs = limitMs;
  }

  /** The signal of the statement that is handed over next. */
  expectSignal(signal: AbortSignal | undefined): void {
    this.#signal = signal;
  }

  /** Asks the server to end what runs. */
  cancel(): Promise<void> {
    return this.#host.cancelStatement();
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    const signal = this.#signal;
    this.#signal = undefined;
    if (typeof statement === 'string') {
      const sql = statement + this.#context.comment();
      return signal ? this.#runUntil<R>(signal, sql, parameters) : this.#run<R>(sql, parameters);
    }
    this.#client.query(statement as unknown as pg.Submittable);
    return statement;
  }

  release(isBroken = false): void {
    this.#client.release(isBroken);
  }

  /** Cancels the statement on the server when the signal aborts; the connection is not given back before both ended. */
  async #runUntil<R>(
    signal: AbortSignal,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<PostgresQueryResult<R>> {
    let cancelling: Promise<void> | undefined;
    const onAbort = () => {
      cancelling = this.cancel();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#run<R>(sql, parameters);
    } catch (error) {
      // Kysely has given the caller the signal's reason, and would print this one.
      if (signal.aborted && isQueryCanceled(error)) return { command: 'SELECT', rowCount: 0, rows: [] };
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await cancelling;
    }
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const startMs = performance.now();
    const late = { is: false };
    let finish: () => void = () => undefined;
    const watch = () => {
      finish = startDeadline(this.#context.deadlineMs, () => {
        if (this.#context.isLost()) {
          late.is = true;
          this.#host.giveUp();
        } else watch();
      });
    };
    watch();
    try {
      const result = await this.#client.query(sql, parameters as unknown[]);
      this.#context.onAnswer(performance.now() - startMs);
      return result as unknown as PostgresQueryResult<R>;
    } catch (error) {
      if (late.is) this.#context.onAnswer(performance.now() - startMs);
      // Whether the host itself is read-only is told behind the refusal, not before it.
      if (isReadOnlyHost(error) && this.isForWrites) await this.#answerEnds();
      throw this.#typed(error, late.is);
    } finally {
      finish();
    }
  }

  /** Waits until the server has said all that it had to say, 200 ms at most. */
  async #answerEnds(): Promise<void> {
    // Kept by pg for itself: true between the server's ReadyForQuery and the next statement.
    const { readyForQuery } = this.#client as unknown as { readonly readyForQuery: boolean };
    if (readyForQuery) return;
    await once(this.#client, 'drain', { signal: AbortSignal.timeout(ANSWER_END_TIMEOUT_MS) }).catch(
      () => undefined,
    );
  }

  #typed(error: unknown, isLate: boolean): unknown {
    const { host, deadlineMs } = this.#context;
    const lost = (message: string) =>
      new DatabaseUnavailableError(host, message, { mayHaveRun: true, cause: error });
    if (isLate) return lost(`no answer within ${deadlineMs} ms`);
    if (isConnectionFailure(error)) {
      if (!this.#host.isGivenUp) this.#context.onConnectionFailure(error);
      return lost('the connection was lost');
    }
    if (isReadOnlyHost(error) && this.isForWrites && this.#isHostsFault) {
      return this.#context.onRoleFailure('the primary only reads', error);
    }
    return error;
  }

  /** A read-only transaction of the caller's is refused in the same words as a host that does not write. */
  get #isHostsFault(): boolean {
    return this.#host.isStandby !== false || this.#host.isReadOnly;
  }
}
