import {
  DefaultQueryExecutor,
  type AbortableOperationOptions,
  type AbortableQueryOptions,
  type CompiledQuery,
  type ConnectionProvider,
  type KyselyPlugin,
  type QueryResult,
} from 'kysely';

import { currentSession } from '../session/session.ts';
import { trackWrites } from '../session/write-tracking.ts';
import { classify } from './classify.ts';
import { startObservation } from './observe.ts';
import { adapter, compiler, PinnedExecutor, type RoutingContext } from './pinned-executor.ts';
import { ReadAttempts } from './router.ts';

/**
 * Decides per statement, before a connection is taken, which host runs it. Sessions (transactions, `connection()`,
 * migrations) ask for a connection instead, and get one of the primary.
 */
export class RoutingExecutor extends DefaultQueryExecutor {
  readonly #context: RoutingContext;

  constructor(context: RoutingContext, plugins: readonly KyselyPlugin[] = []) {
    super(compiler, adapter, trackWrites(context.router.primary), [...plugins]);
    this.#context = context;
  }

  override async executeQuery<R>(
    query: CompiledQuery,
    options?: AbortableQueryOptions,
  ): Promise<QueryResult<R>> {
    const { router, events } = this.#context;
    const verdict = classify(query.query);
    if (!verdict.isRead) {
      return this.#pinned(trackWrites(router.primary), verdict.reason).executeQuery<R>(query, options);
    }
    const attempts = new ReadAttempts();
    for (;;) {
      const { host, reason } = router.routeRead(currentSession(), attempts);
      const leave = await router.enter(host, options?.signal);
      const observation = startObservation(events, host, reason, query);
      try {
        return await this.#on(host).executeQuery<R>(query, options);
      } catch (error) {
        observation.error = error;
        if (options?.signal?.aborted || !attempts.retryAfter(error, host)) throw error;
      } finally {
        leave();
        observation.end();
      }
    }
  }

  override async *stream<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { router, events } = this.#context;
    const verdict = classify(query.query);
    if (!verdict.isRead) {
      yield* this.#pinned(trackWrites(router.primary), verdict.reason).stream<R>(query, chunkSize, options);
      return;
    }
    const attempts = new ReadAttempts();
    for (;;) {
      const { host, reason } = router.routeRead(currentSession(), attempts);
      const leave = await router.enter(host, options?.signal);
      const observation = startObservation(events, host, reason, query);
      let hasBegun = false;
      try {
        for await (const chunk of this.#on(host).stream<R>(query, chunkSize, options)) {
          hasBegun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        observation.error = error;
        // What the caller has seen cannot be taken back.
        if (hasBegun || options?.signal?.aborted || !attempts.retryAfter(error, host)) throw error;
      } finally {
        leave();
        observation.end();
      }
    }
  }

  override withConnectionProvider(provider: ConnectionProvider): DefaultQueryExecutor {
    return this.#pinned(provider, 'session');
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

  #on(provider: ConnectionProvider): DefaultQueryExecutor {
    return new DefaultQueryExecutor(compiler, adapter, provider, [...this.plugins]);
  }

  #pinned(provider: ConnectionProvider, reason: string): PinnedExecutor {
    return new PinnedExecutor(this.#context, provider, reason, this.plugins);
  }
}
