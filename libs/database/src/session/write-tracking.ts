import { CompiledQuery, type ConnectionProvider, type DatabaseConnection } from 'kysely';

import type { Session } from './session.ts';

// Read after the commit, on the same connection. Not the insert position: after a commit that ends a WAL page it lies
// behind the next page's header, where no replica arrives before the next write.
const FLUSHED = CompiledQuery.raw('select pg_current_wal_flush_lsn() as position');

/** Lends connections of the primary and tells the session of the borrower how far it has written. */
export function trackWrites(primary: ConnectionProvider, session: Session | undefined): ConnectionProvider {
  if (!session) return primary;
  return {
    provideConnection: (consumer, options) =>
      session.track(() =>
        primary.provideConnection(async (connection) => {
          try {
            return await consumer(connection);
          } finally {
            session.wroteUpTo(await flushedPosition(connection));
          }
        }, options),
      ),
  };
}

async function flushedPosition(connection: DatabaseConnection): Promise<string | undefined> {
  try {
    const { rows } = await connection.executeQuery<{ position: string }>(FLUSHED);
    return rows[0]?.position;
  } catch {
    // The connection is gone, and with it the answer: the session stays on the primary.
    return undefined;
  }
}
