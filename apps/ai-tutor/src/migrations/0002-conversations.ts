import { sql, type Kysely } from 'kysely';

/** What signed-in students asked and were answered. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation (
      id uuid primary key default uuidv7(),
      user_id uuid not null,
      title text not null check (length(title) <= 200),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(database);
  await sql`create index conversation_user_id_idx on conversation (user_id, id desc)`.execute(database);
  await sql`
    create table turn (
      id uuid primary key default uuidv7(),
      conversation_id uuid not null references conversation on delete cascade,
      question text not null check (length(question) <= 2000),
      answer jsonb not null check (length(answer::text) <= 60000),
      created_at timestamptz not null default now()
    )`.execute(database);
  await sql`create index turn_conversation_id_idx on turn (conversation_id, id)`.execute(database);
}

export async function down(database: Kysely<unknown>): Promise<void> {
  await sql`drop table turn, conversation`.execute(database);
}
