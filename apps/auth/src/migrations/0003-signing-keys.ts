import { sql, type Kysely } from 'kysely';

/** The keys that access tokens are signed with; the private halves are encrypted by the service. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_key (
      id text primary key,
      public_jwk jsonb not null,
      private_jwk_encrypted bytea not null,
      created_at timestamptz not null,
      signs_from timestamptz not null
    )`.execute(database);
}

/** The way back; what the table held is lost. */
export async function down(database: Kysely<unknown>): Promise<void> {
  await sql`drop table signing_key`.execute(database);
}
