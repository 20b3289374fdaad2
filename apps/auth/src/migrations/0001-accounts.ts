import { sql, type Kysely } from 'kysely';

/** People who can sign in. An address belongs to one account, however it is spelt. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table account (
      id uuid primary key default uuidv7(),
      email text not null check (char_length(email) between 3 and 254),
      name text not null check (char_length(name) between 1 and 100),
      role text not null check (role in ('student', 'teacher', 'admin')),
      password_hash text not null,
      created_at timestamptz not null default now()
    )`.execute(database);
  await sql`create unique index account_email_key on account (lower(email))`.execute(database);
}

/** The way back; what the table held is lost. */
export async function down(database: Kysely<unknown>): Promise<void> {
  await sql`drop table account`.execute(database);
}
