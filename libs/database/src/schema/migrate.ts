import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration, type MigrationResultSet } from 'kysely/migration';
import pg from 'pg';

import { EXTENSIONS_SCHEMA, rolesOf } from './service-name.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 60_000;
const MIGRATION_TABLES = ['kysely_migration', 'kysely_migration_lock'];

/** Which migrations to run, and as whom. */
export type MigrateOptions = {
  /** Connection string of the schema's owner, on the primary. */
  readonly url: string;
  readonly schema: string;
  /** By name; names sort in the order in which they run. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** `up` (all that are missing) or `down-one` (the latest). */
  readonly direction?: 'up' | 'down-one';
  readonly log?: (line: string) => void;
};

/**
 * Brings a schema to its latest version, or one version back, in one transaction; returns the names of the migrations
 * that ran. Several processes may call it at once: one works, the others wait (60 s at most) and find nothing to do.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { url, schema, migrations, direction = 'up', log } = options;
  const roles = rolesOf(schema);
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: new pg.Pool({
        connectionString: url,
        max: 1,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
        application_name: `migrate ${schema}`,
        options: `-c search_path=${schema},${EXTENSIONS_SCHEMA}`,
      }),
    }),
  });
  try {
    return await db.connection().execute(async (session) => {
      // Kysely's own lock comes after it has created its tables, which two at once cannot. Ours ends with the session.
      await sql`select pg_advisory_lock(hashtext('ganitagya.migrate'))`.execute(session);
      const migrator = new Migrator({
        db: session,
        provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
        migrationTableSchema: schema,
      });
      const outcome = await (direction === 'up' ? migrator.migrateToLatest() : migrator.migrateDown());
      const ran = report(outcome, log);
      await hideMigrationTables(session, schema, roles.app);
      return ran;
    });
  } finally {
    await db.destroy();
  }
}

function report({ error, results = [] }: MigrationResultSet, log: MigrateOptions['log']): string[] {
  for (const { migrationName, direction, status } of results) {
    log?.(`${direction.toLowerCase()} ${migrationName}: ${status}`);
  }
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName;
    throw new Error(failed === undefined ? 'migrations failed' : `migration ${failed} failed`, {
      cause: error,
    });
  }
  return results.map(({ migrationName }) => migrationName);
}

/** The default privileges reach these tables too, but no service has business in them. */
async function hideMigrationTables(db: Kysely<unknown>, schema: string, appRole: string): Promise<void> {
  const { rows } = await sql`select from pg_roles where rolname = ${appRole}`.execute(db);
  if (rows.length === 0) return;
  for (const table of MIGRATION_TABLES) {
    await sql`revoke all on ${sql.table(`${schema}.${table}`)} from ${sql.id(appRole)}`.execute(db);
  }
}
