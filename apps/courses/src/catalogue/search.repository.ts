import { readSafe } from '@ganitagya/database';
import type { Kysely, RawBuilder } from 'kysely';
import type { CoursesSchema } from '../schema.ts';
import { lessonCount, narrow, SUMMARY_COLUMNS, type CatalogueFilter } from './catalogue.repository.ts';

const MATCHES_MAX = 3;

/** Where a page of search results ended: best first, newest first among equals. */
export interface SearchPosition {
  readonly rank: number;
  readonly id: string;
}

interface Ranked {
  id: string;
  rank: number;
}

interface LessonMatch {
  course_id: string;
  slug: string;
  title_en: string;
  title_hi: string;
}

export type SearchRepository = ReturnType<typeof createSearchRepository>;

/**
 * Full text search in English (stemmed) and Hindi (as written), with trigrams of the titles for typing errors.
 * A course is found by its own words or by those of its lessons.
 */
export function createSearchRepository(db: Kysely<CoursesSchema>) {
  return {
    /** At most `limit` courses, best first, after `position`. */
    search(text: string, filter: CatalogueFilter, position: SearchPosition | undefined, limit: number) {
      return db
        .selectFrom('course')
        .innerJoin(rankedCourses(searchable(text)).as('ranked'), 'ranked.id', 'course.id')
        .select(SUMMARY_COLUMNS)
        .select(lessonCount)
        .select('ranked.rank')
        .where(narrow(filter))
        .$if(position !== undefined, (query) => {
          const { rank, id } = position as SearchPosition;
          return query.where((eb) =>
            eb.or([
              eb('ranked.rank', '<', rank),
              eb.and([eb('ranked.rank', '=', rank), eb('course.id', '<', id)]),
            ]),
          );
        })
        .orderBy('ranked.rank', 'desc')
        .orderBy('course.id', 'desc')
        .limit(limit)
        .execute();
    },

    /** The lessons of these courses that fit best, best first, a few for each. */
    matchingLessons(text: string, courseIds: readonly string[]) {
      return db
        .selectFrom(matchingLessons(searchable(text), courseIds).as('hit'))
        .select(['hit.course_id', 'hit.slug', 'hit.title_en', 'hit.title_hi'])
        .execute();
    },
  };
}

/** Words are stored in NFC; a danda ends a Hindi sentence and belongs to no word. */
function searchable(text: string): string {
  return text.normalize('NFC').replaceAll('।', ' ').trim();
}

/** Lessons weigh half of what the course's own words do; only the best of them counts. */
function rankedCourses(text: string): RawBuilder<Ranked> {
  return readSafe<Ranked>`(
    with lesson_hit as (
      select lesson.course_id, max(${score(text, 'lesson')}) as score
      from ${hits(text, 'lesson')} as hit join lesson on lesson.id = hit.id
      where lesson.is_published
      group by lesson.course_id
    )
    select course.id, round((2 * ${score(text, 'course')} + coalesce(lesson_hit.score, 0)) * 1000000)::integer as rank
    from (select id from ${hits(text, 'course')} as hit union select course_id from lesson_hit) as candidate
    join course on course.id = candidate.id
    left join lesson_hit on lesson_hit.course_id = course.id
    where course.published_at is not null
  )`;
}

function matchingLessons(text: string, courseIds: readonly string[]): RawBuilder<LessonMatch> {
  return readSafe<LessonMatch>`(
    select course_id, slug, title_en, title_hi from (
      select lesson.course_id, lesson.slug, lesson.title_en, lesson.title_hi, row_number() over (
        partition by lesson.course_id order by ${score(text, 'lesson')} desc, lesson.id
      ) as place
      from ${hits(text, 'lesson')} as hit join lesson on lesson.id = hit.id
      where lesson.course_id = any(${courseIds}::uuid[]) and lesson.is_published
    ) as placed
    where place <= ${MATCHES_MAX}
    order by course_id, place
  )`;
}

type Searched = 'course' | 'lesson';

/** Each side of the union uses its own index. */
function hits(text: string, table: Searched): RawBuilder<{ id: string }> {
  return table === 'course'
    ? readSafe`(select id from course where search @@ ${words(text)} union select similar_courses(${text}))`
    : readSafe`(select id from lesson where search @@ ${words(text)} union select similar_lessons(${text}))`;
}

function score(text: string, table: Searched): RawBuilder<number> {
  return readSafe`(ts_rank(${vector(table)}, ${words(text)}) + word_similarity(${text}, ${title(table)}))`;
}

function words(text: string): RawBuilder<unknown> {
  return readSafe`(websearch_to_tsquery('pg_catalog.english', ${text}) || websearch_to_tsquery('pg_catalog.simple', ${text}))`;
}

function vector(table: Searched): RawBuilder<unknown> {
  return table === 'course' ? readSafe`course.search` : readSafe`lesson.search`;
}

/** As in the trigram indexes. */
function title(table: Searched): RawBuilder<string> {
  return table === 'course'
    ? readSafe`(course.title_en || ' ' || course.title_hi)`
    : readSafe`(lesson.title_en || ' ' || lesson.title_hi)`;
}
