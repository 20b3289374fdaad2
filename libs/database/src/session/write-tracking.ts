import { CompiledQuery, type ConnectionProvider, type DatabaseConnection } from 'kysely';

import type { Session } from './session.ts';

// Read after the commit, on the same connection. Not the insert position: after a commit that ends a WAL page it lies
// behind the next page's header, where no replica arrives before the next write. Only where commits do not wait for the
// disk it is the one that covers them.
const COMMITTED = CompiledQuery.raw(`
  select case when current_setting('synchronous_commit') = 'off' then pg_current_wal_insert_lsn()
              else pg_current_wal_flush_lsn() end as position`);

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
            session.wroteUpTo(await committedPosition(connection));
          }
        }, options),
      ),
  };
}

async function committedPosition(connection: DatabaseConnection): Promise<string | undefined> {
  try {
    const { rows } = await connection.executeQuery<{ position: string }>(COMMITTED);
    return rows[0]?.position;
  } catch {
    // The connection is gone, and with it the answer: the session stays on the primary.
    return undefined;
  }
}
