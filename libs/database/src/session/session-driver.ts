import type { Driver } from 'kysely';

/**
 * What Kysely asks of a driver beside connections: begin, commit and savepoints, which the primary's driver knows.
 * Connections come from the executor, which knows the statement.
 */
export function createSessionDriver(primary: Driver, destroy: () => Promise<void>): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.reject(new Error('connections come from the executor')),
    releaseConnection: () => Promise.reject(new Error('connections go back to the executor')),
    beginTransaction: (connection, settings) => primary.beginTransaction(connection, settings),
    commitTransaction: (connection) => primary.commitTransaction(connection),
    rollbackTransaction: (connection) => primary.rollbackTransaction(connection),
    savepoint: async (connection, name, compileQuery) => primary.savepoint?.(connection, name, compileQuery),
    rollbackToSavepoint: async (connection, name, compileQuery) =>
      primary.rollbackToSavepoint?.(connection, name, compileQuery),
    releaseSavepoint: async (connection, name, compileQuery) =>
      primary.releaseSavepoint?.(connection, name, compileQuery),
    destroy,
  };
}
