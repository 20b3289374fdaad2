import type { Insertable, Kysely, Updateable } from 'kysely';
import type { Reference } from '../reference.ts';
import type { CoursesSchema } from '../schema.ts';

type Executor = Kysely<CoursesSchema>;
export type CourseRow = NonNullable<Awaited<ReturnType<typeof findCourse>>>;
export type ChapterRow = NonNullable<Awaited<ReturnType<typeof findChapter>>>;

const COURSE_COLUMNS = [
  'id',
  'slug',
  'author_id',
  'title_en',
  'title_hi',
  'summary_en',
  'summary_hi',
  'class',
  'level',
  'language',
  'topics',
  'markdown',
  'published_at',
] as const;
const CHAPTER_COLUMNS = ['id', 'slug', 'position', 'title_en', 'title_hi', 'markdown'] as const;

/** A course, draft or published. */
export function findCourse(executor: Executor, reference: Reference) {
  return executor
    .selectFrom('course')
    .select(COURSE_COLUMNS)
    .where((eb) => ('id' in reference ? eb('id', '=', reference.id) : eb('slug', '=', reference.slug)))
    .executeTakeFirst();
}

export async function countCoursesOf(executor: Executor, authorId: string): Promise<number> {
  const { count } = await executor
    .selectFrom('course')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('author_id', '=', authorId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Undefined when the slug is taken. */
export function insertCourse(executor: Executor, values: Insertable<CoursesSchema['course']>) {
  return executor
    .insertInto('course')
    .values(values)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning(COURSE_COLUMNS)
    .executeTakeFirst();
}

/** A change by hand: the importer will find that the course is no longer as it wrote it. */
export function updateCourse(executor: Executor, id: string, values: Updateable<CoursesSchema['course']>) {
  return executor
    .updateTable('course')
    .set({ ...values, content_hash: null, updated_at: new Date() })
    .where('id', '=', id)
    .returning(COURSE_COLUMNS)
    .executeTakeFirst();
}

/** The chapters of a course in order. */
export function listChapters(executor: Executor, courseId: string) {
  return executor
    .selectFrom('chapter')
    .select(CHAPTER_COLUMNS)
    .where('course_id', '=', courseId)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

export function findChapter(executor: Executor, courseId: string, reference: Reference) {
  return executor
    .selectFrom('chapter')
    .select(CHAPTER_COLUMNS)
    .where('course_id', '=', courseId)
    .where((eb) => ('id' in reference ? eb('id', '=', reference.id) : eb('slug', '=', reference.slug)))
    .executeTakeFirst();
}

/** Adds a chapter at `position`; undefined when the slug is taken in this course. */
export function insertChapter(executor: Executor, values: Insertable<CoursesSchema['chapter']>) {
  return executor
    .insertInto('chapter')
    .values(values)
    .onConflict((conflict) => conflict.columns(['course_id', 'slug']).doNothing())
    .returning(CHAPTER_COLUMNS)
    .executeTakeFirst();
}
