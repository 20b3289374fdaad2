import type { Kysely } from 'kysely';
import type { CoursesSchema } from '../schema.ts';

const ENROLMENTS_MAX = 200;

export type EnrolmentRepository = ReturnType<typeof createEnrolmentRepository>;

/** Who is enrolled where. */
export function createEnrolmentRepository(db: Kysely<CoursesSchema>) {
  return {
    /** Enrols in a published course; undefined when it is not published (any more). */
    async add(userId: string, courseId: string): Promise<Date | undefined> {
      const row = await db
        .insertInto('enrolment')
        .columns(['user_id', 'course_id'])
        .expression((eb) =>
          eb
            .selectFrom('course')
            .select((select) => [select.val(userId).$castTo<string>().as('user_id'), 'course.id'])
            .where('course.id', '=', courseId)
            .where('course.published_at', 'is not', null)
            // As the foreign key does, but in time: who waited for a removal then finds nothing instead of failing.
            .forKeyShare(),
        )
        // Touching the row makes it come back: the same answer however often it is asked for.
        .onConflict((conflict) =>
          conflict
            .columns(['user_id', 'course_id'])
            .doUpdateSet((eb) => ({ user_id: eb.ref('excluded.user_id') })),
        )
        .returning('created_at')
        .executeTakeFirst();
      return row?.created_at;
    },

    async remove(userId: string, courseId: string): Promise<void> {
      await db
        .deleteFrom('enrolment')
        .where('user_id', '=', userId)
        .where('course_id', '=', courseId)
        .execute();
    },

    /** A person's published courses with how many lessons they have and how many of those are done. */
    list(userId: string) {
      return db
        .selectFrom('enrolment')
        .innerJoin('course', 'course.id', 'enrolment.course_id')
        .select(['course.id', 'course.slug', 'course.title_en', 'course.title_hi', 'enrolment.created_at'])
        .select((eb) => [
          eb
            .selectFrom('lesson')
            .select((inner) => inner.fn.countAll<string>().as('count'))
            .whereRef('lesson.course_id', '=', 'course.id')
            .where('lesson.is_published', '=', true)
            .as('lesson_count'),
          eb
            .selectFrom('progress')
            .innerJoin('lesson', 'lesson.id', 'progress.lesson_id')
            .select((inner) => inner.fn.countAll<string>().as('count'))
            .where('progress.user_id', '=', userId)
            .whereRef('progress.course_id', '=', 'course.id')
            .where('progress.completed_at', 'is not', null)
            .where('lesson.is_published', '=', true)
            .as('completed_count'),
        ])
        .where('enrolment.user_id', '=', userId)
        .where('course.published_at', 'is not', null)
        .orderBy('enrolment.created_at', 'desc')
        .orderBy('course.id')
        .limit(ENROLMENTS_MAX)
        .execute();
    },
  };
}
