import type { AbortableOperationOptions, ConnectionProvider, DatabaseConnection } from 'kysely';

/** A connection that is ours until it is released. */
export type Lease = { readonly connection: DatabaseConnection; release(): Promise<void> };

/** Takes a connection for longer than one function lasts. */
export async function takeConnection(
  provider: ConnectionProvider,
  options?: AbortableOperationOptions,
): Promise<Lease> {
  const taken = Promise.withResolvers<DatabaseConnection>();
  const released = Promise.withResolvers<undefined>();
  const done = provider.provideConnection(async (connection) => {
    taken.resolve(connection);
    await released.promise;
  }, options);
  done.catch(taken.reject);
  const connection = await taken.promise;
  return {
    connection,
    release: async () => {
      released.resolve(undefined);
      await done;
    },
  };
}
