import { sql, type Kysely } from 'kysely';

/** The search index over the lessons, and how far the feed of `courses` has been read. All of it can be read again. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table passage (
      lesson_id uuid not null,
      ordinal integer not null check (ordinal >= 0),
      course_slug text not null,
      lesson_slug text not null,
      title_en text not null,
      title_hi text not null,
      topics text not null,
      heading text not null,
      body text not null check (length(body) <= 20000),
      search tsvector generated always as (
        setweight(to_tsvector('pg_catalog.english', title_en || ' ' || topics), 'A')
        || setweight(to_tsvector('pg_catalog.simple', normalize(title_hi, NFC)), 'A')
        || setweight(to_tsvector('pg_catalog.english', heading), 'B')
        || setweight(to_tsvector('pg_catalog.english', body), 'D')
        || setweight(to_tsvector('pg_catalog.simple', translate(normalize(heading || ' ' || body, NFC), '।', ' ')), 'D')
      ) stored,
      primary key (lesson_id, ordinal)
    )`.execute(database);
  await sql`create index passage_search_idx on passage using gin (search)`.execute(database);
  await sql`create index passage_title_trgm_idx on passage using gin ((title_en || ' ' || title_hi) gin_trgm_ops)`.execute(
    database,
  );
  await sql`
    create table lesson_feed (
      is_only boolean primary key default true check (is_only),
      cursor text,
      read_at timestamptz
    )`.execute(database);
  await sql`insert into lesson_feed default values`.execute(database);
}

export async function down(database: Kysely<unknown>): Promise<void> {
  await sql`drop table lesson_feed, passage`.execute(database);
}
