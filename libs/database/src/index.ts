export type { Resolver, Service } from './discovery/resolver.ts';
export { createDatabase, createDialect, type Database } from './database.ts';
export {
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  isDatabaseOverloaded,
  isDatabaseUnavailable,
  isUniqueViolation,
} from './errors.ts';
export type { DatabaseEventMap, DatabaseEvents, QueryType, Route } from './events.ts';
export type { HostState, HostStatus } from './hosts/host-status.ts';
export type { DatabaseOptions, HostOption } from './options.ts';
export { queryOptions, type QueryOptions } from './routing/query-options.ts';
export { readSafe } from './routing/read-safe.ts';
export { migrate, type MigrateOptions } from './schema/migrate.ts';
export { provision, type ProvisionOptions } from './schema/provision.ts';
export {
  createSession,
  currentLimit,
  currentSession,
  runInSession,
  runWithin,
  type Session,
} from './session/session.ts';
export type { WorkLimit } from './session/work-limit.ts';
export { isWalPosition } from './wal-position.ts';
