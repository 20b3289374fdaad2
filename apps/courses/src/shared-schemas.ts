import type { ProblemBody } from '@ganitagya/service';
import { Type, type Static } from 'typebox';

/** Pattern of a canonical UUID. */
export const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
/** Pattern of a slug; one that looks like a UUID is refused besides. */
export const SLUG_PATTERN = '^[a-z0-9]+(-[a-z0-9]+)*$';
/** Longest slug. */
export const SLUG_LENGTH_MAX = 80;

export const Uuid = Type.String({ pattern: UUID_PATTERN });
export const Slug = Type.String({
  pattern: SLUG_PATTERN,
  maxLength: SLUG_LENGTH_MAX,
  not: { pattern: UUID_PATTERN },
});
/** What a new course may be called: `/api/courses/docs` is taken. */
export const CourseSlug = Type.String({
  pattern: SLUG_PATTERN,
  maxLength: SLUG_LENGTH_MAX,
  not: { pattern: `${UUID_PATTERN}|^docs$` },
});
export const Level = Type.Enum(['foundation', 'board', 'entrance']);
export const Language = Type.Enum(['en', 'hi', 'bilingual']);
export const ClassNumber = Type.Integer({ minimum: 6, maximum: 12, description: 'School class.' });
export const Timestamp = Type.String({ format: 'date-time' });

/**
 * Patterns of texts that can be stored: no U+0000, which Postgres refuses in text, and no half of a surrogate pair, which
 * it refuses in JSON. `WRITTEN` asks for something to read besides.
 */
export const STORABLE = '^[^\\u0000\\p{Cs}]*$';
export const WRITTEN = '^\\s*[^\\s\\u0000\\p{Cs}][^\\u0000\\p{Cs}]*$';

/** A text in both languages of the platform. */
export const Bilingual = Type.Object({ en: Type.String(), hi: Type.String() });

export const Cursor = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'The `next` of the page before.',
});
export const NextCursor = Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' });

type ProblemSchema = ReturnType<typeof Type.Unsafe<Static<typeof ProblemBody>>>;

/** The error statuses of a route, for its `response`. */
export function problems<const Status extends number>(...statuses: Status[]): Record<Status, ProblemSchema> {
  const schema: ProblemSchema = Type.Unsafe(Type.Ref('Problem'));
  return Object.fromEntries(statuses.map((status) => [status, schema])) as Record<Status, ProblemSchema>;
}

/** `:course` may be an id or a slug; what can be neither is simply not found. */
export const CourseParams = Type.Object({ course: Type.String({ description: 'Id or slug.' }) });

/** A lesson of a course, by its slug. */
export const LessonParams = Type.Object({
  course: Type.String({ description: 'Id or slug.' }),
  lesson: Type.String({ description: 'Slug.' }),
});
