import pg from 'pg';

import { EXTENSIONS_SCHEMA, rolesOf } from './service-name.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** One service's place in the database. */
export type ProvisionOptions = {
  /** Connection string of a superuser. */
  readonly adminUrl: string;
  /** The schema's name; the roles are named after it. */
  readonly service: string;
  readonly passwords: { readonly owner: string; readonly app: string };
  readonly extensions?: readonly string[];
};

/**
 * Gives a service its schema, the role `<service>_owner` for migrations and the role `<service>_app`, which may read and
 * write that schema's rows and nothing else. Run again it changes only what differs, passwords included.
 */
export async function provision({
  adminUrl,
  service,
  passwords,
  extensions = [],
}: ProvisionOptions): Promise<void> {
  const roles = rolesOf(service);
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'provision',
  });
  await client.connect();
  try {
    await client.query('begin');
    // Roles belong to the whole server: two that change the same one at once would fail.
    await client.query(`select pg_advisory_xact_lock(hashtext('ganitagya.provision'))`);
    const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name');
    const database = rows[0]?.name ?? '';
    await ensureRole(client, roles.owner, passwords.owner);
    await ensureRole(client, roles.app, passwords.app);
    for (const statement of [
      `revoke all on database ${database} from public`,
      `revoke all on schema public from public`,
      `grant connect on database ${database} to ${roles.owner}, ${roles.app}`,
      `create schema if not exists ${EXTENSIONS_SCHEMA}`,
      `grant usage on schema ${EXTENSIONS_SCHEMA} to ${roles.owner}, ${roles.app}`,
      ...extensions.map(
        (name) =>
          `create extension if not exists ${pg.escapeIdentifier(name)} with schema ${EXTENSIONS_SCHEMA}`,
      ),
      `create schema if not exists ${service} authorization ${roles.owner}`,
      `alter schema ${service} owner to ${roles.owner}`,
      `grant usage on schema ${service} to ${roles.app}`,
      `alter default privileges for role ${roles.owner} in schema ${service}
         grant select, insert, update, delete on tables to ${roles.app}`,
      `alter default privileges for role ${roles.owner} in schema ${service}
         grant usage, select on sequences to ${roles.app}`,
      `alter role ${roles.owner} in database ${database} set search_path = ${service}, ${EXTENSIONS_SCHEMA}`,
      `alter role ${roles.app} in database ${database} set search_path = ${service}, ${EXTENSIONS_SCHEMA}`,
      // Nets below the limits of `createDatabase`, for clients that set none.
      `alter role ${roles.app} set statement_timeout = '30s'`,
      `alter role ${roles.app} set lock_timeout = '5s'`,
      `alter role ${roles.app} set idle_in_transaction_session_timeout = '30s'`,
    ]) {
      await client.query(statement);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  if (password === '') throw new TypeError(`the password of ${role} is empty`);
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(
    `${verb} role ${role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
       password ${client.escapeLiteral(password)}`,
  );
}
