import type { KyselyPlugin, OperationNode, PluginTransformResultArgs, QueryResult, UnknownRow } from 'kysely';

/** What one statement, or all of one handle, asks for. */
export type QueryOptions = {
  /** A replica that shows what is older does not answer; over the database's own limit in both directions. */
  readonly stalenessMaxMs?: number;
  /** Time for everything: the wait for a connection, all attempts. After it the statement is cancelled on the server. */
  readonly timeoutMs?: number;
  /** The statement may be asked of a second replica when the first one takes unusually long. Reads only. */
  readonly hedge?: boolean;
};

class QueryOptionsPlugin implements KyselyPlugin {
  readonly options: QueryOptions;

  constructor(options: QueryOptions) {
    this.options = options;
  }

  transformQuery<Node extends OperationNode>({ node }: { readonly node: Node }): Node {
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

/**
 * Options as a plugin, for a handle or a single query: `db.withPlugin(queryOptions({ stalenessMaxMs: 500 }))`. Those of the
 * handle that begins a transaction count for it: the age of its replica, the server's time for each of its statements.
 */
export function queryOptions(options: QueryOptions): KyselyPlugin {
  for (const value of [options.stalenessMaxMs, options.timeoutMs]) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`a limit must be a positive number, not ${value}`);
    }
  }
  return new QueryOptionsPlugin(options);
}

/** The options among some plugins; the last one wins. */
export function queryOptionsOf(plugins: readonly KyselyPlugin[]): QueryOptions {
  let options: QueryOptions = {};
  for (const plugin of plugins) {
    if (plugin instanceof QueryOptionsPlugin) options = { ...options, ...plugin.options };
  }
  return options;
}
