import {
  DefaultQueryExecutor,
  PostgresAdapter,
  PostgresQueryCompiler,
  type AbortableOperationOptions,
  type AbortableQueryOptions,
  type CompiledQuery,
  type ConnectionProvider,
  type KyselyPlugin,
  type QueryResult,
} from 'kysely';

import type { DatabaseEvents } from '../events.ts';
import { startObservation, type Observation } from './observe.ts';
import type { Router } from './router.ts';

export const compiler = new PostgresQueryCompiler();
export const adapter = new PostgresAdapter();

/** What the executors of one database share. */
export type RoutingContext = { readonly router: Router; readonly events: DatabaseEvents };

/** Runs everything over one given provider on the primary, and tells of each statement. */
export class PinnedExecutor extends DefaultQueryExecutor {
  readonly #context: RoutingContext;
  readonly #provider: ConnectionProvider;
  readonly #reason: string;

  constructor(
    context: RoutingContext,
    provider: ConnectionProvider,
    reason: string,
    plugins: readonly KyselyPlugin[],
  ) {
    super(compiler, adapter, provider, [...plugins]);
    this.#context = context;
    this.#provider = provider;
    this.#reason = reason;
  }

  override async executeQuery<R>(
    query: CompiledQuery,
    options?: AbortableQueryOptions,
  ): Promise<QueryResult<R>> {
    const observation = this.#observe(query);
    try {
      return await super.executeQuery<R>(query, options);
    } catch (error) {
      observation.error = error;
      throw error;
    } finally {
      observation.end();
    }
  }

  override async *stream<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const observation = this.#observe(query);
    try {
      yield* super.stream<R>(query, chunkSize, options);
    } catch (error) {
      observation.error = error;
      throw error;
    } finally {
      observation.end();
    }
  }

  override withConnectionProvider(provider: ConnectionProvider): PinnedExecutor {
    return new PinnedExecutor(this.#context, provider, this.#reason, this.plugins);
  }

  override withPlugin(plugin: KyselyPlugin): PinnedExecutor {
    return this.#withPlugins([...this.plugins, plugin]);
  }

  override withPlugins(plugins: readonly KyselyPlugin[]): PinnedExecutor {
    return this.#withPlugins([...this.plugins, ...plugins]);
  }

  override withPluginAtFront(plugin: KyselyPlugin): PinnedExecutor {
    return this.#withPlugins([plugin, ...this.plugins]);
  }

  override withoutPlugins(): PinnedExecutor {
    return this.#withPlugins([]);
  }

  #withPlugins(plugins: readonly KyselyPlugin[]): PinnedExecutor {
    return new PinnedExecutor(this.#context, this.#provider, this.#reason, plugins);
  }

  #observe(query: CompiledQuery): Observation {
    return startObservation(this.#context.events, this.#context.router.primary, this.#reason, query);
  }
}
