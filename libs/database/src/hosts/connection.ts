import type { DatabaseConnection } from 'kysely';

import type { PooledClient } from './pooled-client.ts';

/** Makes an aborted statement of Kysely's connection end on the server too, also inside a transaction. */
export function cancelOnAbort(connection: DatabaseConnection, client: PooledClient): void {
  const execute = connection.executeQuery.bind(connection);
  const stream = connection.streamQuery.bind(connection);
  connection.executeQuery = (query, options) => {
    client.expectSignal(options?.signal);
    return execute(query, options);
  };
  connection.streamQuery = (query, chunkSize, options) => {
    const rows = stream(query, chunkSize, options) as AsyncIterableIterator<never>;
    return options?.signal ? untilAborted(rows, options.signal, client) : rows;
  };
}

async function* untilAborted<R>(
  rows: AsyncIterableIterator<R>,
  signal: AbortSignal,
  client: PooledClient,
): AsyncIterableIterator<R> {
  let cancelling: Promise<void> | undefined;
  const onAbort = () => {
    cancelling = client.cancel();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    yield* rows;
  } catch (error) {
    // Kysely has given the caller the signal's reason, and would print this one.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await cancelling;
  }
}
