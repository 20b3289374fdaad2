import type { Insertable, Kysely, Updateable } from 'kysely';
import type { RenderedExercise } from '../lessons/render-lesson.ts';
import type { CoursesSchema } from '../schema.ts';

type Executor = Kysely<CoursesSchema>;
export type LessonRow = NonNullable<Awaited<ReturnType<typeof findLesson>>>;
export type ExerciseRow = Awaited<ReturnType<typeof listExercises>>[number];

const LESSON_COLUMNS = [
  'id',
  'course_id',
  'chapter_id',
  'slug',
  'title_en',
  'title_hi',
  'summary_en',
  'summary_hi',
  'topics',
  'minutes',
  'markdown',
  'is_published',
  'version',
] as const;

/** A lesson of a course, draft or published. */
export function findLesson(executor: Executor, courseId: string, slug: string) {
  return executor
    .selectFrom('lesson')
    .select(LESSON_COLUMNS)
    .where('course_id', '=', courseId)
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/** Names and states of all lessons of a course, in order within their chapters. */
export function listLessonStates(executor: Executor, courseId: string) {
  return executor
    .selectFrom('lesson')
    .select(['id', 'chapter_id', 'slug', 'title_en', 'title_hi', 'is_published', 'version', 'position'])
    .where('course_id', '=', courseId)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Undefined when the slug is taken in this course. */
export function insertLesson(executor: Executor, values: Insertable<CoursesSchema['lesson']>) {
  return executor
    .insertInto('lesson')
    .values(values)
    .onConflict((conflict) => conflict.columns(['course_id', 'slug']).doNothing())
    .returning(LESSON_COLUMNS)
    .executeTakeFirst();
}

/** Changes the lesson if it still is at `version`; undefined when it is not. */
export function updateLesson(
  executor: Executor,
  id: string,
  version: number,
  values: Updateable<CoursesSchema['lesson']>,
) {
  return executor
    .updateTable('lesson')
    .set({ ...values, version: version + 1, content_hash: null, updated_at: new Date() })
    .where('id', '=', id)
    .where('version', '=', version)
    .returning(LESSON_COLUMNS)
    .executeTakeFirst();
}

/** The exercises of a lesson as they are written, in order. */
export function listExercises(executor: Executor, lessonId: string) {
  return executor
    .selectFrom('exercise')
    .select(['question', 'answer', 'hint', 'solution'])
    .where('lesson_id', '=', lessonId)
    .orderBy('position')
    .execute();
}

/** Puts these exercises in place of the lesson's; they are numbered from 1. */
export async function replaceExercises(
  executor: Executor,
  lessonId: string,
  exercises: readonly RenderedExercise[],
): Promise<void> {
  await executor.deleteFrom('exercise').where('lesson_id', '=', lessonId).execute();
  if (exercises.length === 0) return;
  await executor
    .insertInto('exercise')
    .values(
      exercises.map((exercise, index) => ({
        lesson_id: lessonId,
        position: index + 1,
        question: exercise.question,
        question_html: exercise.questionHtml,
        hint: exercise.hint ?? null,
        hint_html: exercise.hintHtml,
        answer: exercise.answer,
        solution: exercise.solution,
        solution_html: exercise.solutionHtml,
      })),
    )
    .execute();
}
