import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Courses, chapters, lessons and exercises; who enrolled and how far they are. Search vectors are generated columns:
 * `english` stems English words, `simple` keeps Hindi words as they are. Slugs never look like a UUID, so that one
 * path segment may be either.
 */
export const courses: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of UP) await sql.raw(statement).execute(db);
  },
  async down(db: Kysely<unknown>) {
    for (const statement of DOWN) await sql.raw(statement).execute(db);
  },
};

const SLUG_CHECK = `check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80
  and slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')`;

const UP = [
  // array_to_string is only "stable" because of exotic element types; for text it never changes.
  `create function topic_words(topics text[]) returns text language sql immutable parallel safe
     return translate(array_to_string(topics, ' '), '-', ' ')`,

  `create table course (
     id uuid primary key default uuidv7(),
     slug text not null unique ${SLUG_CHECK},
     author_id uuid not null,
     title_en text not null,
     title_hi text not null,
     summary_en text not null,
     summary_hi text not null,
     class smallint not null check (class between 6 and 12),
     level text not null check (level in ('foundation', 'board', 'entrance')),
     language text not null check (language in ('en', 'hi', 'bilingual')),
     topics text[] not null default '{}',
     markdown text not null default '',
     html text not null default '',
     content_hash text,
     published_at timestamptz,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     search tsvector generated always as (
       setweight(to_tsvector('pg_catalog.english', title_en), 'A')
       || setweight(to_tsvector('pg_catalog.simple', normalize(title_hi, NFC)), 'A')
       || setweight(to_tsvector('pg_catalog.english', topic_words(topics)), 'B')
       || setweight(to_tsvector('pg_catalog.english', summary_en), 'C')
       || setweight(to_tsvector('pg_catalog.simple', translate(normalize(summary_hi, NFC), '।', ' ')), 'C')
     ) stored
   )`,
  // The catalogue's order; the cursor is its last row.
  `create index course_catalogue_idx on course (class, id) where published_at is not null`,
  `create index course_author_idx on course (author_id)`,
  `create index course_topics_idx on course using gin (topics)`,
  `create index course_search_idx on course using gin (search)`,
  `create index course_title_trgm_idx on course using gin ((title_en || ' ' || title_hi) gin_trgm_ops)`,

  `create table chapter (
     id uuid primary key default uuidv7(),
     course_id uuid not null references course on delete cascade,
     slug text not null ${SLUG_CHECK},
     position integer not null,
     title_en text not null,
     title_hi text not null,
     markdown text not null default '',
     html text not null default '',
     content_hash text,
     unique (course_id, slug)
   )`,

  `create table lesson (
     id uuid primary key default uuidv7(),
     course_id uuid not null references course on delete cascade,
     chapter_id uuid not null references chapter on delete cascade,
     slug text not null ${SLUG_CHECK},
     position integer not null,
     title_en text not null,
     title_hi text not null,
     summary_en text not null,
     summary_hi text not null,
     topics text[] not null default '{}',
     minutes smallint not null check (minutes between 1 and 600),
     markdown text not null,
     html text not null,
     passages jsonb not null,
     search_text text not null,
     version integer not null default 1,
     is_published boolean not null default true,
     content_hash text,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     search tsvector generated always as (
       setweight(to_tsvector('pg_catalog.english', title_en), 'A')
       || setweight(to_tsvector('pg_catalog.simple', normalize(title_hi, NFC)), 'A')
       || setweight(to_tsvector('pg_catalog.english', topic_words(topics)), 'B')
       || setweight(to_tsvector('pg_catalog.english', summary_en), 'B')
       || setweight(to_tsvector('pg_catalog.simple', translate(normalize(summary_hi, NFC), '।', ' ')), 'B')
       || setweight(to_tsvector('pg_catalog.english', search_text), 'D')
     ) stored,
     unique (course_id, slug)
   )`,
  `create index lesson_chapter_idx on lesson (chapter_id, position)`,
  `create index lesson_search_idx on lesson using gin (search)`,
  `create index lesson_title_trgm_idx on lesson using gin ((title_en || ' ' || title_hi) gin_trgm_ops)`,

  `create table exercise (
     id uuid primary key default uuidv7(),
     lesson_id uuid not null references lesson on delete cascade,
     position integer not null,
     question text not null,
     question_html text not null,
     hint text,
     hint_html text,
     answer text not null,
     solution text not null,
     solution_html text not null,
     unique (lesson_id, position)
   )`,

  // What the public feed tells: one row for each lesson that ever changed, gone ones included.
  `create table lesson_change (
     lesson_id uuid primary key,
     position bigint not null generated always as identity unique,
     changed_at timestamptz not null
   )`,

  // Functions, because the default threshold of <% is too high for ordinary typing errors and is a setting: it holds
  // inside them alone, and the trigram indexes are used. Loading pg_trgm first makes the setting known.
  `select show_limit()`,
  ...['course', 'lesson'].map(
    (
      table,
    ) => `create function similar_${table}s(query text) returns setof uuid language sql stable parallel safe
      set pg_trgm.word_similarity_threshold = 0.4
      as $$ select id from ${table} where query <% (title_en || ' ' || title_hi) $$`,
  ),

  `create table enrolment (
     user_id uuid not null,
     course_id uuid not null references course on delete cascade,
     created_at timestamptz not null default now(),
     primary key (user_id, course_id)
   )`,
  `create index enrolment_course_idx on enrolment (course_id)`,

  `create table progress (
     user_id uuid not null,
     lesson_id uuid not null references lesson on delete cascade,
     course_id uuid not null references course on delete cascade,
     percent smallint not null check (percent between 0 and 100),
     position text,
     completed_at timestamptz,
     updated_at timestamptz not null default now(),
     primary key (user_id, lesson_id)
   )`,
  `create index progress_course_idx on progress (user_id, course_id)`,
  `create index progress_recent_idx on progress (user_id, updated_at desc)`,
  // For the cascade of a removed lesson or course.
  `create index progress_lesson_idx on progress (lesson_id)`,
];

const DOWN = [
  'drop function similar_courses(text)',
  'drop function similar_lessons(text)',
  ...['progress', 'enrolment', 'lesson_change', 'exercise', 'lesson', 'chapter', 'course'].map(
    (table) => `drop table ${table}`,
  ),
  'drop function topic_words(text[])',
];
