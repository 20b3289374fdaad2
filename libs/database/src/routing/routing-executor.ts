import {
  DefaultQueryExecutor,
  type AbortableOperationOptions,
  type AbortableQueryOptions,
  type CompiledQuery,
  type ConnectionProvider,
  type KyselyPlugin,
  type QueryResult,
} from 'kysely';

import { isRefusedByStandby } from '../errors.ts';
import { createSessionProvider } from '../session/session-connection.ts';
import { currentLimit, currentSession } from '../session/session.ts';
import { statementTime } from '../session/work-limit.ts';
import { trackWrites } from '../session/write-tracking.ts';
import { changesSchema } from './classify.ts';
import { adapter, compiler, type RoutingContext } from './context.ts';
import { LOST } from './hedging.ts';
import { startObservation } from './observe.ts';
import { openRead, type ReadPlace } from './open-read.ts';
import { queryOptionsOf, type QueryOptions } from './query-options.ts';
import { ReadAttempts } from './router.ts';
import { limitTime, startStatementDeadline } from './statement-deadline.ts';

/** One try to run a statement: over which connections, and what to do when it is over. */
type Attempt = {
  readonly provider: ConnectionProvider;
  /** Notes an error; true when the statement is to be tried once more. */
  failed(error: unknown): boolean;
  end(): void;
};

/**
 * Decides per statement, before a connection is taken, which host runs it. Sessions (transactions, `connection()`,
 * migrations) ask for a connection instead.
 */
export class RoutingExecutor extends DefaultQueryExecutor {
  readonly #context: RoutingContext;
  readonly #wishes: QueryOptions;

  constructor(context: RoutingContext, plugins: readonly KyselyPlugin[] = []) {
    const wishes = queryOptionsOf(plugins);
    super(compiler, adapter, createSessionProvider(context, wishes), [...plugins]);
    this.#context = context;
    this.#wishes = wishes;
  }

  override async executeQuery<R>(
    query: CompiledQuery,
    options?: AbortableQueryOptions,
  ): Promise<QueryResult<R>> {
    const { timeoutMs } = this.#wishes;
    const limit = currentLimit();
    if (timeoutMs === undefined && limit === undefined) return this.#execute<R>(query, options);
    const deadline = startStatementDeadline({ timeoutMs, limit, signal: options?.signal });
    try {
      return await this.#execute<R>(query, { ...options, signal: deadline.signal });
    } catch (error) {
      throw deadline.typed(error);
    } finally {
      deadline.end();
    }
  }

  #execute<R>(query: CompiledQuery, options?: AbortableQueryOptions): Promise<QueryResult<R>> {
    const verdict = this.#context.classifier.verdictOf(query);
    if (this.#wishes.hedge === true && verdict.isRead) return this.#executeHedged<R>(query, options);
    return this.#executeOnce<R>(query, this.#attempts(query, options?.signal), options);
  }

  #executeHedged<R>(query: CompiledQuery, options?: AbortableQueryOptions): Promise<QueryResult<R>> {
    const { hedging, router } = this.#context;
    const [attempts, others] = [new ReadAttempts(), new ReadAttempts()];
    const ask = (mine: ReadAttempts) => (signal: AbortSignal) =>
      this.#executeOnce<R>(query, () => this.#read(query, mine, signal), { ...options, signal });
    return hedging.run({
      first: ask(attempts),
      second: () => {
        if (!attempts.current) return undefined;
        others.avoid(attempts.current);
        const { host } = router.routeRead(currentSession(), others, this.#wishes);
        return host.role === 'replica' ? ask(others) : undefined;
      },
      signal: options?.signal,
    });
  }

  async #executeOnce<R>(
    query: CompiledQuery,
    start: () => Attempt | Promise<Attempt>,
    options?: AbortableQueryOptions,
  ): Promise<QueryResult<R>> {
    for (;;) {
      const started = start();
      const attempt = started instanceof Promise ? await started : started;
      try {
        return await this.#run<R>(attempt.provider, query, options);
      } catch (error) {
        if (!attempt.failed(error)) throw error;
      } finally {
        attempt.end();
      }
    }
  }

  override async *stream<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { timeoutMs } = this.#wishes;
    const limit = currentLimit();
    if (timeoutMs === undefined && limit === undefined) {
      yield* this.#stream<R>(query, chunkSize, options);
      return;
    }
    const deadline = startStatementDeadline({ timeoutMs, limit, signal: options?.signal });
    try {
      yield* this.#stream<R>(query, chunkSize, { ...options, signal: deadline.signal });
    } catch (error) {
      throw deadline.typed(error);
    } finally {
      deadline.end();
    }
  }

  async *#stream<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const start = this.#attempts(query, options?.signal);
    for (;;) {
      const attempt = await start();
      let hasBegun = false;
      try {
        for await (const chunk of this.#on(attempt.provider).stream<R>(query, chunkSize, options)) {
          hasBegun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        // What the caller has seen cannot be taken back.
        if (!attempt.failed(error) || hasBegun) throw error;
      } finally {
        attempt.end();
      }
    }
  }

  override withConnectionProvider(provider: ConnectionProvider): DefaultQueryExecutor {
    return this.#on(provider);
  }

  override withPlugin(plugin: KyselyPlugin): RoutingExecutor {
    return new RoutingExecutor(this.#context, [...this.plugins, plugin]);
  }

  override withPlugins(plugins: readonly KyselyPlugin[]): RoutingExecutor {
    return new RoutingExecutor(this.#context, [...this.plugins, ...plugins]);
  }

  override withPluginAtFront(plugin: KyselyPlugin): RoutingExecutor {
    return new RoutingExecutor(this.#context, [plugin, ...this.plugins]);
  }

  override withoutPlugins(): RoutingExecutor {
    return new RoutingExecutor(this.#context);
  }

  #attempts(query: CompiledQuery, signal: AbortSignal | undefined): () => Attempt | Promise<Attempt> {
    const verdict = this.#context.classifier.verdictOf(query);
    if (!verdict.isRead) return () => this.#write(query, verdict.reason);
    const attempts = new ReadAttempts();
    return () => this.#read(query, attempts, signal);
  }

  #write(query: CompiledQuery, reason: string): Attempt {
    const { router, events, catalogue } = this.#context;
    const timeoutMs = statementTime(currentLimit(), this.#wishes.timeoutMs);
    const observation = startObservation(events, router.primary, reason, query);
    return {
      provider: trackWrites(limitTime(router.writes, timeoutMs), currentSession()),
      failed: (error) => {
        observation.error = error;
        return false;
      },
      end: () => {
        observation.end();
        if (changesSchema(query)) catalogue.expire();
      },
    };
  }

  #read(
    query: CompiledQuery,
    attempts: ReadAttempts,
    signal: AbortSignal | undefined,
  ): Attempt | Promise<Attempt> {
    const { router, events } = this.#context;
    const timeoutMs = statementTime(currentLimit(), this.#wishes.timeoutMs);
    const place = openRead(router, currentSession(), attempts, signal, this.#wishes);
    if (!(place instanceof Promise)) return this.#readAt(place, timeoutMs, query, attempts, signal);
    const waiting = startObservation(events, router.primary, 'no replica can answer', query);
    return place.then(
      (open) => this.#readAt(open, timeoutMs, query, attempts, signal),
      (error: unknown) => {
        waiting.error = error;
        waiting.end();
        throw error;
      },
    );
  }

  #readAt(
    place: ReadPlace,
    timeoutMs: number | undefined,
    query: CompiledQuery,
    attempts: ReadAttempts,
    signal: AbortSignal | undefined,
  ): Attempt {
    const { events, catalogue, hedging } = this.#context;
    const { host, reason } = place;
    attempts.current = host;
    const observation = startObservation(events, host, reason, query);
    return {
      provider: limitTime(host, timeoutMs),
      failed: (error) => {
        if (error !== LOST) observation.error = error;
        // It is not the read that it was taken for: what is known of the catalogue is old.
        if (host.role === 'replica' && isRefusedByStandby(error)) catalogue.expire();
        const isRetried = !signal?.aborted && attempts.retryAfter(error, host);
        if (isRetried) hedging.noteRetry();
        return isRetried;
      },
      end: () => {
        place.close();
        observation.end();
      },
    };
  }

  /** Kysely's own way round is needed only where plugins or an abort signal of the caller take part. */
  #run<R>(
    provider: ConnectionProvider,
    query: CompiledQuery,
    options?: AbortableQueryOptions,
  ): Promise<QueryResult<R>> {
    const limit = options?.signal && currentLimit();
    if (this.plugins.length > 0 || options?.signal !== limit?.signal) {
      return this.#on(provider).executeQuery<R>(query, options);
    }
    if (!limit) return provider.provideConnection((connection) => connection.executeQuery<R>(query));
    const { signal } = limit;
    return provider.provideConnection(
      async (connection) => {
        const result = await connection.executeQuery<R>(query, { signal });
        signal.throwIfAborted();
        return result;
      },
      { signal },
    );
  }

  #on(provider: ConnectionProvider): DefaultQueryExecutor {
    return new DefaultQueryExecutor(compiler, adapter, provider, [...this.plugins]);
  }
}
