import type { DatabaseConnection, Driver } from 'kysely';

import type { RoutingContext } from '../routing/context.ts';
import { FirstStatementConnection } from './first-statement-connection.ts';
import { SessionConnection } from './session-connection.ts';
import { transactionCommands } from './transaction-commands.ts';

/** Begin, commit and savepoints, and connections for a Kysely that does not have our executor. */
export function createSessionDriver(context: RoutingContext, destroy: () => Promise<void>): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(new FirstStatementConnection(context)),
    releaseConnection: (connection) => sessionOf(connection).release(),
    beginTransaction: (connection, settings) => sessionOf(connection).begin(settings),
    commitTransaction: (connection) => transactionCommands.commitTransaction(connection),
    rollbackTransaction: (connection) => sessionOf(connection).rollback(),
    savepoint: (connection, name, compileQuery) =>
      transactionCommands.savepoint(connection, name, compileQuery),
    rollbackToSavepoint: (connection, name, compileQuery) =>
      transactionCommands.rollbackToSavepoint(connection, name, compileQuery),
    releaseSavepoint: (connection, name, compileQuery) =>
      transactionCommands.releaseSavepoint(connection, name, compileQuery),
    destroy,
  };
}

function sessionOf(connection: DatabaseConnection): SessionConnection {
  if (connection instanceof SessionConnection) return connection;
  throw new TypeError('a transaction needs a connection of its own database');
}
