import type { Kysely, Selectable } from 'kysely';
import type { CoursesSchema } from '../schema.ts';

const RECENT_MAX = 50;

/** How far somebody got, as it is written. */
export interface ProgressRecord {
  readonly userId: string;
  readonly lessonId: string;
  readonly percent: number;
  readonly position: string | undefined;
  readonly isCompleted: boolean;
}

const COLUMNS = ['lesson_id', 'course_id', 'percent', 'position', 'completed_at', 'updated_at'] as const;

export type ProgressRow = Pick<Selectable<CoursesSchema['progress']>, (typeof COLUMNS)[number]>;
export type ProgressRepository = ReturnType<typeof createProgressRepository>;

/** How far everybody is. */
export function createProgressRepository(db: Kysely<CoursesSchema>) {
  return {
    /** Writes progress in a published lesson: never less than before. Undefined when there is no such lesson. */
    record({
      userId,
      lessonId,
      percent,
      position,
      isCompleted,
    }: ProgressRecord): Promise<ProgressRow | undefined> {
      const now = new Date();
      return db
        .insertInto('progress')
        .columns(['user_id', 'lesson_id', 'course_id', 'percent', 'position', 'completed_at'])
        .expression((from) =>
          from
            .selectFrom('lesson')
            .innerJoin('course', 'course.id', 'lesson.course_id')
            .select((eb) => [
              eb.cast<string>(eb.val(userId), 'uuid').as('user_id'),
              'lesson.id',
              'lesson.course_id',
              eb.cast<number>(eb.val(isCompleted ? 100 : percent), 'smallint').as('percent'),
              eb.cast<string | null>(eb.val(position ?? null), 'text').as('position'),
              eb.cast<Date | null>(eb.val(isCompleted ? now : null), 'timestamptz').as('completed_at'),
            ])
            .where('lesson.id', '=', lessonId)
            .where('lesson.is_published', '=', true)
            .where('course.published_at', 'is not', null)
            // As the foreign keys do, but in time: who waited for a removal then finds nothing instead of failing.
            .forKeyShare(),
        )
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'lesson_id']).doUpdateSet((eb) => ({
            percent: eb.fn('greatest', ['progress.percent', 'excluded.percent']),
            position: eb.fn.coalesce('excluded.position', 'progress.position'),
            completed_at: eb.fn.coalesce('progress.completed_at', 'excluded.completed_at'),
            updated_at: now,
          })),
        )
        .returning(COLUMNS)
        .executeTakeFirst();
    },

    /** Somebody's progress in a course. */
    listInCourse(userId: string, courseId: string) {
      return db
        .selectFrom('progress')
        .select(COLUMNS)
        .where('user_id', '=', userId)
        .where('course_id', '=', courseId)
        .orderBy('updated_at', 'desc')
        .execute();
    },

    /** What somebody worked on last, latest first. */
    listRecent(userId: string) {
      return db
        .selectFrom('progress')
        .select(COLUMNS)
        .where('user_id', '=', userId)
        .orderBy('updated_at', 'desc')
        .limit(RECENT_MAX)
        .execute();
    },
  };
}
