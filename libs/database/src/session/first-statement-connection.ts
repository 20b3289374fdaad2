import type { AbortableOperationOptions, CompiledQuery, QueryResult } from 'kysely';

import type { RoutingContext } from '../routing/context.ts';
import { RoutingExecutor } from '../routing/routing-executor.ts';
import { SessionConnection } from './session-connection.ts';

/**
 * The connection of a Kysely that asks for one without saying what for. Its first statement is routed by itself; with the
 * second one, or a transaction, it turns out to be a session, and is one of the primary from then on.
 */
export class FirstStatementConnection extends SessionConnection {
  readonly #context: RoutingContext;
  #isFirst = true;

  constructor(context: RoutingContext) {
    super(context);
    this.#context = context;
  }

  override executeQuery<R>(
    query: CompiledQuery,
    options?: AbortableOperationOptions,
  ): Promise<QueryResult<R>> {
    if (this.#isFirstRead(query)) return new RoutingExecutor(this.#context).executeQuery<R>(query, options);
    // Without the signal: a Kysely of its own says itself whether what was aborted goes on, and cancels if not.
    return super.executeQuery<R>(query);
  }

  override streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (this.#isFirstRead(query))
      return new RoutingExecutor(this.#context).stream<R>(query, chunkSize, options);
    return super.streamQuery<R>(query, chunkSize, options);
  }

  /** Asked before a statement that may be cancelled: its backend must be known, and stay. */
  override async collectSessionInfo(): Promise<void> {
    this.#isFirst = false;
    await super.collectSessionInfo();
  }

  #isFirstRead(query: CompiledQuery): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst && this.#context.classifier.verdictOf(query).isRead;
  }
}
