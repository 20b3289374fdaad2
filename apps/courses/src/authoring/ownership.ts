import { hasRole } from '@ganitagya/identity';
import type { Principal } from '@ganitagya/service';
import type { Kysely } from 'kysely';
import { errors } from '../errors.ts';
import { parseReference } from '../reference.ts';
import type { CoursesSchema } from '../schema.ts';
import { findCourse, type CourseRow } from './course-writer.repository.ts';

/**
 * The course that a path names, if the principal may change it. A stranger's draft is as unknown as one that does not
 * exist (404); what is published anyway is refused by name (403).
 */
export async function findOwnCourse(
  db: Kysely<CoursesSchema>,
  text: string,
  principal: Principal,
): Promise<CourseRow> {
  const reference = parseReference(text);
  const course = reference && (await findCourse(db, reference));
  if (course === undefined) throw errors.courseUnknown();
  if (course.author_id === principal.userId || hasRole(principal, 'admin')) return course;
  throw course.published_at === null ? errors.courseUnknown() : errors.courseForeign();
}
