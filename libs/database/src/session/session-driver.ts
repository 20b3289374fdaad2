import type { DatabaseConnection, Driver } from 'kysely';

import { SessionConnection } from './session-connection.ts';

/**
 * What Kysely asks of a driver beside connections: begin, commit and savepoints. Connections come from the executor,
 * which knows the statement.
 */
export function createSessionDriver(primary: Driver, destroy: () => Promise<void>): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.reject(new Error('connections come from the executor')),
    releaseConnection: () => Promise.reject(new Error('connections go back to the executor')),
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
