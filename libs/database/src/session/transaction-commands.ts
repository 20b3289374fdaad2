import { PostgresDriver } from 'kysely';

/** Kysely's own words for begin, commit and savepoints. They are said to the connection that is given; no pool is needed. */
export const transactionCommands = new PostgresDriver({
  pool: () => Promise.reject(new Error('connections come from the hosts')),
});
