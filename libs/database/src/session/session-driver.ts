import type { DatabaseConnection, Driver } from 'kysely';

import type { RoutingContext } from '../routing/context.ts';
import { FirstStatementConnection } from './first-statement-connection.ts';
import { SessionConnection } from './session-connection.ts';

/** Begin, commit and savepoints, and connections for a Kysely that does not have our executor. */
export function createSessionDriver(context: RoutingContext, destroy: () => Promise<void>): Driver {
  // These speak only to the connection they are given, whichever host it is of.
  const { driver: primary } = context.router.primary;
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(new FirstStatementConnection(context)),
    releaseConnection: (connection) => sessionOf(connection).release(),
    beginTransaction: (connection, settings) => sessionOf(connection).begin(settings),
    commitTransaction: (connection) => primary.commitTransaction(connection),
    rollbackTransaction: (connection) => sessionOf(connection).rollback(),
    savepoint: async (connection, name, compileQuery) => primary.savepoint?.(connection, name, compileQuery),
    rollbackToSavepoint: async (connection, name, compileQuery) =>
      primary.rollbackToSavepoint?.(connection, name, compileQuery),
    releaseSavepoint: async (connection, name, compileQuery) =>
      primary.releaseSavepoint?.(connection, name, compileQuery),
    destroy,
  };
}

function sessionOf(connection: DatabaseConnection): SessionConnection {
  if (connection instanceof SessionConnection) return connection;
  throw new TypeError('a transaction needs a connection of its own database');
}
