import type { Kysely } from 'kysely';
import { SYSTEM_AUTHOR_ID, type CoursesSchema } from '../schema.ts';

/** What an import compares the content folder with. */
export interface StoredCourse {
  readonly id: string;
  readonly slug: string;
  readonly authorId: string;
  readonly hash: string | null;
  readonly isPublished: boolean;
  readonly chapters: ReadonlyMap<string, StoredText>;
  readonly lessons: ReadonlyMap<string, StoredLesson>;
}

/** A stored text; `hash` is that of its source, null when it was changed by hand. */
export interface StoredText {
  readonly id: string;
  readonly hash: string | null;
}

export interface StoredLesson extends StoredText {
  readonly chapterId: string;
}

/** The imported courses, and those of teachers that have one of `slugs`. */
export async function loadStored(
  executor: Kysely<CoursesSchema>,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, StoredCourse>> {
  const courses = await executor
    .selectFrom('course')
    .select(['id', 'slug', 'author_id', 'content_hash', 'published_at'])
    .where((eb) =>
      eb.or([eb('author_id', '=', SYSTEM_AUTHOR_ID), ...(slugs.length > 0 ? [eb('slug', 'in', slugs)] : [])]),
    )
    .execute();
  const ids = courses.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const chapters = await executor
    .selectFrom('chapter')
    .select(['id', 'course_id', 'slug', 'content_hash'])
    .where('course_id', 'in', ids)
    .execute();
  const lessons = await executor
    .selectFrom('lesson')
    .select(['id', 'course_id', 'chapter_id', 'slug', 'content_hash', 'is_published'])
    .where('course_id', 'in', ids)
    .execute();
  const chaptersOf = Map.groupBy(chapters, (chapter) => chapter.course_id);
  const lessonsOf = Map.groupBy(lessons, (lesson) => lesson.course_id);
  return new Map(
    courses.map((course) => [
      course.slug,
      {
        id: course.id,
        slug: course.slug,
        authorId: course.author_id,
        hash: course.content_hash,
        isPublished: course.published_at !== null,
        chapters: new Map(
          (chaptersOf.get(course.id) ?? []).map(({ id, slug, content_hash }) => [
            slug,
            { id, hash: content_hash },
          ]),
        ),
        lessons: new Map(
          (lessonsOf.get(course.id) ?? []).map(({ id, slug, content_hash, chapter_id }) => [
            slug,
            { id, hash: content_hash, chapterId: chapter_id },
          ]),
        ),
      },
    ]),
  );
}
