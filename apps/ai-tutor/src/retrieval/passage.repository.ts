import { readSafe } from '@ganitagya/database';
import type { Executor } from '../schema.ts';

/** A piece of a lesson that was found. */
export interface FoundPassage {
  readonly lessonId: string;
  readonly ordinal: number;
  readonly courseSlug: string;
  readonly lessonSlug: string;
  readonly titleEn: string;
  readonly titleHi: string;
  readonly heading: string;
  readonly body: string;
  /** The share of the words of the question that this passage has, 0 to 1. */
  readonly coverage: number;
  /** The share of them that its title, its topics and its heading have. */
  readonly focus: number;
}

const TYPO_SIMILARITY_LEAST = 0.45;

/**
 * The passages that say most of the words of the query, the best first. A word counts more in a title, a topic or a
 * heading, and a title that says little else is better than one that only mentions the words.
 */
export async function searchPassages(
  database: Executor,
  words: string,
  limit: number,
): Promise<FoundPassage[]> {
  const { rows } = await readSafe<FoundPassage>`
    with query as (
      select
        tsvector_to_array(to_tsvector('pg_catalog.english', ${words})) as english,
        tsvector_to_array(to_tsvector('pg_catalog.simple', normalize(${words}, NFC))) as simple,
        replace(plainto_tsquery('pg_catalog.english', ${words})::text, '&', '|')::tsquery
          || replace(plainto_tsquery('pg_catalog.simple', normalize(${words}, NFC))::text, '&', '|')::tsquery as any_word
    ),
    found as (
      select
        passage.*, english, simple,
        tsvector_to_array(search) as said,
        tsvector_to_array(ts_filter(search, '{a,b}')) as headed,
        tsvector_to_array(to_tsvector('pg_catalog.english', title_en)) as english_title,
        tsvector_to_array(to_tsvector('pg_catalog.simple', normalize(title_hi, NFC))) as simple_title,
        ts_rank('{0.1, 0.2, 0.6, 1.0}', search, any_word, 1) as rank
      from passage, query
      where search @@ any_word
      order by rank desc
      limit 50
    ),
    measured as (
      select *,
        greatest(
          cardinality(array(select unnest(english) intersect select unnest(said))) / greatest(1.0, cardinality(english)),
          cardinality(array(select unnest(simple) intersect select unnest(said))) / greatest(1.0, cardinality(simple))
        )::float8 as coverage,
        greatest(
          cardinality(array(select unnest(english) intersect select unnest(headed))) / greatest(1.0, cardinality(english)),
          cardinality(array(select unnest(simple) intersect select unnest(headed))) / greatest(1.0, cardinality(simple))
        )::float8 as focus,
        greatest(
          cardinality(array(select unnest(english) intersect select unnest(english_title))) / greatest(1.0, cardinality(english_title)),
          cardinality(array(select unnest(simple) intersect select unnest(simple_title))) / greatest(1.0, cardinality(simple_title))
        )::float8 as precision
      from found
    )
    select
      lesson_id as "lessonId", ordinal, course_slug as "courseSlug", lesson_slug as "lessonSlug",
      title_en as "titleEn", title_hi as "titleHi", heading, body, coverage, focus
    from measured
    order by coverage + focus + precision / 2 desc, ordinal, rank desc, lesson_id
    limit ${limit}`.execute(database);
  return rows;
}

/** The first passages of lessons whose titles look like the query, for words that are misspelt. */
export async function searchTitles(
  database: Executor,
  words: string,
  limit: number,
): Promise<FoundPassage[]> {
  const { rows } = await readSafe<FoundPassage>`
    select
      lesson_id as "lessonId", ordinal, course_slug as "courseSlug", lesson_slug as "lessonSlug",
      title_en as "titleEn", title_hi as "titleHi", heading, body,
      strict_word_similarity(${words}, title_en || ' ' || title_hi)::float8 as coverage, 1 as focus
    from passage
    where ordinal = 0
      and strict_word_similarity(${words}, title_en || ' ' || title_hi) >= ${TYPO_SIMILARITY_LEAST}
    order by coverage desc, lesson_id
    limit ${limit}`.execute(database);
  return rows;
}

/** How a lesson begins. */
export async function findIntroduction(
  database: Executor,
  lessonId: string,
): Promise<FoundPassage | undefined> {
  const row = await database
    .selectFrom('passage')
    .select([
      'lesson_id as lessonId',
      'ordinal',
      'course_slug as courseSlug',
      'lesson_slug as lessonSlug',
      'title_en as titleEn',
      'title_hi as titleHi',
      'heading',
      'body',
    ])
    .where('lesson_id', '=', lessonId)
    .where('ordinal', '=', 0)
    .executeTakeFirst();
  return row && { ...row, coverage: 1, focus: 1 };
}
