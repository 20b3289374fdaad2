import { sql, type Kysely } from 'kysely';

/** One row per sign-in. A refresh moves its counter; refresh tokens themselves are not stored. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table session (
      id uuid primary key default uuidv7(),
      account_id uuid not null references account on delete cascade,
      hmac_key bytea not null check (octet_length(hmac_key) = 32),
      counter integer not null default 0 check (counter >= 0),
      created_at timestamptz not null default now(),
      rotated_at timestamptz not null default now(),
      ended_at timestamptz,
      end_reason text check (end_reason in ('logout', 'expired', 'reused')),
      check ((ended_at is null) = (end_reason is null))
    ) with (fillfactor = 80)`.execute(database);
  await sql`create index session_account_id_idx on session (account_id)`.execute(database);
}

/** The way back; what the table held is lost. */
export async function down(database: Kysely<unknown>): Promise<void> {
  await sql`drop table session`.execute(database);
}
