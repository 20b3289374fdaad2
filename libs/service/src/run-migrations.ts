import { migrate, type MigrateOptions } from '@ganitagya/database';
import { Type } from 'typebox';
import { ConfigError, loadConfig } from './config/load-config.ts';

const migrationConfig = Type.Object({
  /** As the schema's owner, on the primary. */
  MIGRATION_DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
});
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;

/**
 * A service's whole migrate.ts: `node src/migrate.ts [up|down]` brings its schema up to date, or takes the latest
 * migration back. Exits 64 on wrong arguments, 78 without a usable `MIGRATION_DATABASE_URL`.
 */
export async function runMigrations({
  schema,
  migrations,
}: Pick<MigrateOptions, 'schema' | 'migrations'>): Promise<void> {
  const [word = 'up', ...more] = process.argv.slice(2);
  if ((word !== 'up' && word !== 'down') || more.length > 0) {
    fail('usage: MIGRATION_DATABASE_URL=postgres://… node src/migrate.ts [up|down]', EXIT_USAGE);
  }
  await migrate({
    url: readUrl(),
    schema,
    migrations,
    direction: word === 'up' ? 'up' : 'down-one',
    log: (line) => process.stdout.write(`${line}\n`),
  });
}

function readUrl(): string {
  try {
    return loadConfig(migrationConfig, process.env).MIGRATION_DATABASE_URL;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    fail(error.message, EXIT_CONFIG);
  }
}

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
