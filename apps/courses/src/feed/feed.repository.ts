import { sql, type Kysely, type Transaction } from 'kysely';
import type { CoursesSchema } from '../schema.ts';

/** Any number that no other advisory lock of this database uses. */
const FEED_LOCK = 7_263_001;

export type FeedRepository = ReturnType<typeof createFeedRepository>;

/** Reads the lessons in the order of their latest change. */
export function createFeedRepository(db: Kysely<CoursesSchema>) {
  return {
    /** At most `limit` changes after `position`. Columns of the lesson are null where it is not published. */
    listAfter(position: string, limit: number) {
      return db
        .selectFrom('lesson_change')
        .leftJoin('lesson', (join) =>
          join.onRef('lesson.id', '=', 'lesson_change.lesson_id').on('lesson.is_published', '=', true),
        )
        .leftJoin('course', (join) =>
          join.onRef('course.id', '=', 'lesson.course_id').on('course.published_at', 'is not', null),
        )
        .select([
          'lesson_change.lesson_id',
          'lesson_change.position',
          'course.slug as course_slug',
          'lesson.slug',
          'lesson.version',
          'lesson.title_en',
          'lesson.title_hi',
          'lesson.topics',
          'lesson.passages',
        ])
        .where('lesson_change.position', '>', position)
        .orderBy('lesson_change.position')
        .limit(limit)
        .execute();
    },
  };
}

/**
 * Puts lessons at the end of the feed. The lock makes positions become visible in their order, so that no reader can
 * pass by a change that commits later. Call it in the transaction of the change, as its last step.
 */
export async function recordLessonChanges(
  transaction: Transaction<CoursesSchema>,
  lessonIds: readonly string[],
): Promise<void> {
  if (lessonIds.length === 0) return;
  await sql`select pg_advisory_xact_lock(${FEED_LOCK})`.execute(transaction);
  await sql`
    insert into lesson_change (lesson_id, changed_at)
    select id, clock_timestamp() from unnest(${[...lessonIds]}::uuid[]) as id
    on conflict (lesson_id) do update set position = default, changed_at = excluded.changed_at
  `.execute(transaction);
}
