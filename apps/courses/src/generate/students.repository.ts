import { sql, type Kysely } from 'kysely';
import type { CoursesSchema } from '../schema.ts';

/** Students `from` to `to` of a seed. */
export interface StudentRange {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** Enrols each student in one to three published courses; returns how many enrolments are new. */
export async function generateEnrolments(db: Kysely<CoursesSchema>, range: StudentRange): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into enrolment (user_id, course_id, created_at)
    select student.id, chosen.id, now() - ${share(range, sql`student.id::text || 'when'`)} * interval '90 days'
    from (${students(range)}) as student
    cross join lateral (
      select course.id from course
      where course.published_at is not null
      order by hashtextextended(student.id::text || course.slug, ${range.seed})
      limit 1 + floor(${share(range, sql`student.id::text || 'courses'`)} * 3)::integer
    ) as chosen
    on conflict do nothing
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Lets each student be somewhere in each of their courses; returns how many rows of progress are new. */
export async function generateProgress(db: Kysely<CoursesSchema>, range: StudentRange): Promise<number> {
  const { numAffectedRows } = await sql`
    with ordered as (
      select lesson.id, lesson.course_id,
        row_number() over (partition by lesson.course_id order by chapter.position, chapter.id, lesson.position, lesson.id) as place,
        count(*) over (partition by lesson.course_id) as lesson_count
      from lesson join chapter on chapter.id = lesson.chapter_id
      where lesson.is_published
    ), reached as (
      select enrolment.*, ${share(range, sql`student.id::text || enrolment.course_id`)} as share
      from (${students(range)}) as student
      join enrolment on enrolment.user_id = student.id
    )
    insert into progress (user_id, lesson_id, course_id, percent, completed_at, updated_at)
    select reached.user_id, ordered.id, ordered.course_id,
      case when done.is_done then 100 else 10 + floor(reached.share * 80) end,
      case when done.is_done then done.at end,
      done.at
    from reached
    join ordered on ordered.course_id = reached.course_id
      and ordered.place <= floor(reached.share * ordered.lesson_count) + 1
    cross join lateral (
      select
        ordered.place <= floor(reached.share * ordered.lesson_count) as is_done,
        reached.created_at + (now() - reached.created_at) * (ordered.place::float8 / (ordered.lesson_count + 1)) as at
    ) as done
    on conflict do nothing
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** The same seed and number always give the same id. */
function students({ seed, from, to }: StudentRange) {
  return sql`select md5(${`${seed}:student:`} || number)::uuid as id from generate_series(${from}::integer, ${to}::integer) as number`;
}

/** A number from 0 to below 1 that depends on the seed and `key` alone. */
function share({ seed }: StudentRange, key: ReturnType<typeof sql>) {
  return sql`((hashtextextended(${key}, ${seed}) & 1048575) / 1048576.0)`;
}
