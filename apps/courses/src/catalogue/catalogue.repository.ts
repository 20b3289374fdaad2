import type { ExpressionBuilder, ExpressionWrapper, Kysely, SqlBool } from 'kysely';
import type { CoursesSchema } from '../schema.ts';
import type { CatalogueQuery } from './catalogue.schemas.ts';

/** What narrows the catalogue. */
export type CatalogueFilter = Pick<CatalogueQuery, 'class' | 'topic' | 'language' | 'level'>;

/** The last course of a page. */
export interface CataloguePosition {
  readonly class: number;
  readonly id: string;
}

/** What a course shows of itself in lists. */
export const SUMMARY_COLUMNS = [
  'course.id',
  'course.slug',
  'course.title_en',
  'course.title_hi',
  'course.summary_en',
  'course.summary_hi',
  'course.class',
  'course.level',
  'course.language',
  'course.topics',
] as const;

export type CatalogueRepository = ReturnType<typeof createCatalogueRepository>;

/** Reads published courses. */
export function createCatalogueRepository(db: Kysely<CoursesSchema>) {
  return {
    /** At most `limit` courses in catalogue order (class, then age), after `position`. */
    list(filter: CatalogueFilter, position: CataloguePosition | undefined, limit: number) {
      return db
        .selectFrom('course')
        .select(SUMMARY_COLUMNS)
        .select(lessonCount)
        .where('course.published_at', 'is not', null)
        .where(narrow(filter))
        .$if(position !== undefined, (query) => {
          const { class: classNumber, id } = position as CataloguePosition;
          return query.where((eb) =>
            eb.or([
              eb('course.class', '>', classNumber),
              eb.and([eb('course.class', '=', classNumber), eb('course.id', '>', id)]),
            ]),
          );
        })
        .orderBy('course.class')
        .orderBy('course.id')
        .limit(limit)
        .execute();
    },

    /** A published course with its description. */
    find(id: string) {
      return db
        .selectFrom('course')
        .select(SUMMARY_COLUMNS)
        .select(['course.html', 'course.published_at'])
        .select(lessonCount)
        .where('course.id', '=', id)
        .where('course.published_at', 'is not', null)
        .executeTakeFirst();
    },

    /** The chapters of a course in order, empty ones included. */
    listChapters(courseId: string) {
      return db
        .selectFrom('chapter')
        .select(['id', 'slug', 'title_en', 'title_hi', 'html'])
        .where('course_id', '=', courseId)
        .orderBy('position')
        .orderBy('id')
        .execute();
    },

    /** The published lessons of a course in order. */
    listLessons(courseId: string) {
      return db
        .selectFrom('lesson')
        .innerJoin('chapter', 'chapter.id', 'lesson.chapter_id')
        .select([
          'lesson.id',
          'lesson.chapter_id',
          'lesson.slug',
          'lesson.title_en',
          'lesson.title_hi',
          'lesson.summary_en',
          'lesson.summary_hi',
          'lesson.topics',
          'lesson.minutes',
        ])
        .where('lesson.course_id', '=', courseId)
        .where('lesson.is_published', '=', true)
        .orderBy('chapter.position')
        .orderBy('chapter.id')
        .orderBy('lesson.position')
        .orderBy('lesson.id')
        .execute();
    },

    /** Names and filters of every published course: the directory. */
    listNames() {
      return db
        .selectFrom('course')
        .select(['id', 'slug', 'class', 'topics'])
        .where('published_at', 'is not', null)
        .execute();
    },
  };
}

/** The filters as one condition. A bilingual course is found under either language. */
export function narrow({ class: classNumber, topic, language, level }: CatalogueFilter) {
  return (
    eb: ExpressionBuilder<CoursesSchema, 'course'>,
  ): ExpressionWrapper<CoursesSchema, 'course', SqlBool> =>
    eb.and([
      ...(classNumber === undefined ? [] : [eb('course.class', '=', classNumber)]),
      ...(level === undefined ? [] : [eb('course.level', '=', level)]),
      ...(topic === undefined ? [] : [eb('course.topics', '@>', eb.val([topic]))]),
      ...(language === undefined ? [] : [eb('course.language', 'in', [language, 'bilingual'] as const)]),
    ]);
}

/** How many lessons of a course are published. */
export function lessonCount(eb: ExpressionBuilder<CoursesSchema, 'course'>) {
  return eb
    .selectFrom('lesson')
    .select((inner) => inner.fn.countAll<string>().as('count'))
    .whereRef('lesson.course_id', '=', 'course.id')
    .where('lesson.is_published', '=', true)
    .as('lesson_count');
}
