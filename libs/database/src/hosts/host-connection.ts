import type { AbortableOperationOptions, CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';

import { isQueryCanceled } from '../errors.ts';
import { Cursor } from './cursor.ts';
import type { HostClient } from './host-client.ts';
import { canTakeLimitAlong, LimitedQuery } from './limited-query.ts';
import { typedError, type ConnectionContext } from './statement-errors.ts';
import { withCallersStack } from './stack.ts';

type Statement = Pick<CompiledQuery, 'sql' | 'parameters' | 'queryId'>;
type Answer = (error: Error | undefined, result: pg.QueryResult) => void;

/** What begins, ends or divides a transaction. */
export const TRANSACTION_CONTROL = /^(begin|start transaction|commit|rollback|savepoint|release)\b/;

/** One connection as Kysely sees it: statements have a deadline, end on the server when aborted, and failures have a type. */
export class HostConnection implements DatabaseConnection {
  /** Whether a refusal to write is a fault of the host. */
  isForWrites = false;
  /** Not to be lent again. */
  isDiscarded = false;
  /** Since when its statement has had no answer; undefined while nothing runs. */
  waitingSinceMs: number | undefined;
  /** Given up because its answer took too long. */
  isLate = false;
  /** When it was lent last, and first. */
  usedAtMs = 0;
  readonly madeAtMs = performance.now();
  readonly client: HostClient;
  readonly #context: ConnectionContext;
  /** The server's time for a statement; undefined when that is not known for sure. */
  #timeoutMs: number | undefined;
  #wantedMs: number;
  #hasChangedTimeout = false;
  #running: CompiledQuery['queryId'] | undefined;

  constructor(client: HostClient, context: ConnectionContext) {
    this.client = client;
    this.#context = context;
    this.#timeoutMs = context.statementTimeoutMs;
    this.#wantedMs = context.statementTimeoutMs;
  }

  /** Lets the server work on each statement this long from now on. The next one tells it, when that is a change. */
  limitStatements(timeoutMs = this.#context.statementTimeoutMs): void {
    this.#wantedMs = Math.ceil(Math.min(timeoutMs, this.#context.statementTimeoutMs));
  }

  executeQuery<R>(query: Statement, options?: AbortableOperationOptions): Promise<QueryResult<R>> {
    const signal = options?.signal;
    return signal ? this.#executeUntil<R>(signal, query) : this.#execute<R>(query);
  }

  async *streamQuery<R>(
    { sql, parameters, queryId }: Statement,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (this.#wantedMs !== this.#timeoutMs) await this.#setTimeout();
    const cursor = new Cursor<R>(sql + this.#context.comment(), [...parameters]);
    this.client.query(cursor as unknown as pg.Submittable);
    const abortion = this.#cancelOn(options?.signal);
    this.#running = queryId;
    try {
      for (;;) {
        const rows = await this.#answer(() => cursor.read(chunkSize));
        if (rows.length === 0) return;
        yield { rows };
      }
    } catch (error) {
      // Kysely has given the caller the signal's reason, and would print this one.
      if (!options?.signal?.aborted) throw withCallersStack(await typedError(error, this, this.#context));
    } finally {
      await cursor.close();
      this.#running = undefined;
      await abortion.end();
    }
  }

  /** Nothing to ask: the server has told who serves this connection when it was made. */
  collectSessionInfo(): Promise<void> {
    return Promise.resolve();
  }

  /** Asks the server to end what runs. */
  async cancelQuery(): Promise<void> {
    if (this.#running !== undefined) await this.client.cancelStatement();
  }

  /** Has the server end this connection's session, over a connection of its own. */
  async killSession(): Promise<void> {
    if (this.#running !== undefined) await this.client.terminateBackend();
  }

  async #execute<R>({ sql, parameters, queryId }: Statement): Promise<QueryResult<R>> {
    this.#running = queryId;
    const text = sql + this.#context.comment();
    try {
      const isLimited = this.#wantedMs === this.#timeoutMs;
      const result = await (isLimited ? this.#run(text, parameters) : this.#runLimited(text, parameters));
      if (result.command === 'ROLLBACK') this.#forgetTimeout();
      return toQueryResult<R>(result);
    } catch (error) {
      this.#forgetTimeout();
      throw withCallersStack(await typedError(error, this, this.#context));
    } finally {
      this.#running = undefined;
    }
  }

  /** Cancels the statement on the server when the signal aborts; the connection is not given back before both ended. */
  async #executeUntil<R>(signal: AbortSignal, query: Statement): Promise<QueryResult<R>> {
    const abortion = this.#cancelOn(signal);
    try {
      return await this.#execute<R>(query);
    } catch (error) {
      // Kysely has given the caller the signal's reason, and would print this one.
      if (signal.aborted && isQueryCanceled(error)) return { rows: [] };
      throw error;
    } finally {
      await abortion.end();
    }
  }

  #cancelOn(signal: AbortSignal | undefined): { end(): Promise<void> | undefined } {
    let cancelling: Promise<void> | undefined;
    const onAbort = () => {
      cancelling = this.client.cancelStatement();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return {
      end: () => {
        signal?.removeEventListener('abort', onAbort);
        return cancelling;
      },
    };
  }

  /** Has the server limit the statement before it runs; what only begins or ends a transaction needs no limit. */
  async #runLimited(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    if (TRANSACTION_CONTROL.test(sql)) return this.#run(sql, parameters);
    if (!canTakeLimitAlong(sql)) {
      await this.#setTimeout();
      return this.#run(sql, parameters);
    }
    const limitMs = this.#wantedMs;
    this.#hasChangedTimeout = true;
    const result = await this.#ask((answer) => {
      this.client.query(new LimitedQuery(limitMs, sql, parameters, answer) as unknown as pg.Submittable);
    });
    this.#timeoutMs = limitMs;
    return result;
  }

  async #setTimeout(): Promise<void> {
    const limitMs = this.#wantedMs;
    this.#hasChangedTimeout = true;
    try {
      await this.#run(`set statement_timeout = ${limitMs}`, []);
    } catch (error) {
      throw await typedError(error, this, this.#context);
    }
    this.#timeoutMs = limitMs;
  }

  /** What is rolled back takes limits with it that were set meanwhile; of what fails, it is not known whether it did. */
  #forgetTimeout(): void {
    if (this.#hasChangedTimeout) this.#timeoutMs = undefined;
  }

  #run(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    return this.#ask((answer) => this.client.query(sql, parameters as unknown[], answer));
  }

  #ask(submit: (answer: Answer) => void): Promise<pg.QueryResult> {
    const startMs = this.#startWaiting();
    return new Promise((resolve, reject) => {
      submit((error, result) => {
        this.waitingSinceMs = undefined;
        if (!error || this.isLate) this.#context.onAnswer(performance.now() - startMs);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    this.#startWaiting();
    try {
      return await ask();
    } finally {
      this.waitingSinceMs = undefined;
    }
  }

  #startWaiting(): number {
    const nowMs = performance.now();
    this.waitingSinceMs = nowMs;
    this.#context.onWait();
    return nowMs;
  }
}

function toQueryResult<R>({ command, rowCount, rows }: pg.QueryResult): QueryResult<R> {
  switch (command) {
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      return { numAffectedRows: BigInt(rowCount ?? 0), rows: rows as R[] };
    // Kysely tells by it whether a commit was one.
    case 'COMMIT':
    case 'ROLLBACK':
      return { rows: [{ command } as R] };
    default:
      return { rows: (rows as R[] | undefined) ?? [] };
  }
}
