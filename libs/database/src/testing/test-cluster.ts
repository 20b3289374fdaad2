import { startPostgres, waitFor, type PostgresCluster, type PostgresOptions } from '@ganitagya/testing';
import { sql, type Generated } from 'kysely';

import { createDatabase, type Database } from '../database.ts';
import type { DatabaseOptions } from '../options.ts';
import { migrate } from '../schema/migrate.ts';
import { provision } from '../schema/provision.ts';

/** The schema of the tests. */
export interface TestSchema {
  note: { id: Generated<number>; author: string; value: number };
}

const PASSWORDS = { owner: `o'wn"er`, app: 'app' };

/** A provisioned and migrated cluster. */
export type TestCluster = PostgresCluster & {
  open(options?: Partial<DatabaseOptions>): Promise<Database<TestSchema>>;
};

/** Starts a cluster with the table `note`, a sequence and two functions, in schema `lab`. */
export async function startTestCluster(options: PostgresOptions = { replicas: 2 }): Promise<TestCluster> {
  const cluster = await startPostgres(options);
  await provision({
    adminUrl: cluster.adminUrl,
    service: 'lab',
    passwords: PASSWORDS,
    extensions: ['pg_trgm'],
  });
  await migrate({
    url: cluster.primary.url('lab_owner', PASSWORDS.owner),
    schema: 'lab',
    migrations: {
      '0001-note': {
        up: async (db) => {
          await sql`create table note (
            id int generated always as identity primary key, author text not null, value int not null)`.execute(
            db,
          );
          await sql`create sequence ticket`.execute(db);
          await sql`create function scribble(who text) returns int language sql volatile
            return (with added as (select 1) select 1 from added)`.execute(db);
        },
      },
    },
  });
  for (const replica of cluster.replicas) await replica.catchUpWith(cluster.primary);
  return {
    ...cluster,
    open: async (overrides = {}) => {
      const db = createDatabase<TestSchema>({
        primary: cluster.primary.url('lab_app', PASSWORDS.app),
        replicas: cluster.replicas.map((replica) => replica.url('lab_app', PASSWORDS.app)),
        applicationName: 'lab',
        ...overrides,
      });
      await waitFor(() => db.hosts().every(({ state }) => state === 'up'), {
        what: 'every host up',
        timeoutMs: 20_000,
      });
      return db;
    },
  };
}
