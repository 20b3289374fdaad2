import { problem, type FieldFault } from '@ganitagya/service';

/** Every expected failure of this service. The codes are stable. */
export const errors = {
  courseUnknown: () => problem.notFound('course.unknown', 'No such course.'),
  chapterUnknown: () => problem.notFound('chapter.unknown', 'No such chapter in this course.'),
  lessonUnknown: () => problem.notFound('lesson.unknown', 'No such lesson.'),
  cursorInvalid: () => problem.badRequest('cursor.invalid', 'The cursor is not one that this service gave.'),
  courseForeign: () => problem.forbidden('course.foreign', 'Only its author may change this course.'),
  slugTaken: () => problem.conflict('slug.taken', 'The slug is taken already.'),
  versionConflict: (version: number) =>
    problem.conflict(
      'lesson.version_conflict',
      `The lesson has changed meanwhile; it is at version ${version}.`,
    ),
  limitReached: (what: string, max: number) =>
    problem.conflict('limit.reached', `There cannot be more than ${max} ${what}.`),
  sourceInvalid: (faults: readonly FieldFault[]) =>
    problem.badRequest('source.invalid', 'The text cannot be rendered; see where in "errors".', {
      errors: faults.slice(0, FAULTS_SHOWN_MAX),
    }),
} as const;

const FAULTS_SHOWN_MAX = 50;
