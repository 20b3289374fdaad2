import type { Kysely } from 'kysely';
import { replaceExercises } from '../authoring/lesson-writer.repository.ts';
import { SYSTEM_AUTHOR_ID, type CoursesSchema } from '../schema.ts';
import type { ContentChapter, ContentCourse, ContentLesson } from './content.ts';
import type { StoredCourse } from './stored.ts';

type Executor = Kysely<CoursesSchema>;

/** Creates or overwrites a course and publishes it; returns its id. */
export async function writeCourse(
  executor: Executor,
  course: ContentCourse,
  stored: StoredCourse | undefined,
): Promise<string> {
  const { title, summary, class: classNumber, level, language, topics } = course.frontMatter;
  const now = new Date();
  const values = {
    slug: course.slug,
    author_id: SYSTEM_AUTHOR_ID,
    title_en: title.en,
    title_hi: title.hi,
    summary_en: summary.en,
    summary_hi: summary.hi,
    class: classNumber,
    level,
    language,
    topics,
    markdown: course.markdown,
    html: course.html,
    content_hash: course.hash,
    updated_at: now,
    ...(stored?.isPublished !== true && { published_at: now }),
  };
  const query =
    stored === undefined
      ? executor.insertInto('course').values(values).returning('id')
      : executor.updateTable('course').set(values).where('id', '=', stored.id).returning('id');
  return (await query.executeTakeFirstOrThrow()).id;
}

/** Creates the chapter, or overwrites the one with this id; returns its id. */
export async function writeChapter(
  executor: Executor,
  courseId: string,
  chapter: ContentChapter,
  id: string | undefined,
): Promise<string> {
  const values = {
    course_id: courseId,
    slug: chapter.slug,
    position: chapter.position,
    title_en: chapter.frontMatter.title.en,
    title_hi: chapter.frontMatter.title.hi,
    markdown: chapter.markdown,
    html: chapter.html,
    content_hash: chapter.hash,
  };
  const query =
    id === undefined
      ? executor.insertInto('chapter').values(values).returning('id')
      : executor.updateTable('chapter').set(values).where('id', '=', id).returning('id');
  return (await query.executeTakeFirstOrThrow()).id;
}

/** Creates the lesson, or overwrites the one with this id, and its exercises; returns its id. */
export async function writeLesson(
  executor: Executor,
  courseId: string,
  chapterId: string,
  lesson: ContentLesson,
  id: string | undefined,
): Promise<string> {
  const { title, summary, topics, minutes } = lesson.frontMatter;
  const values = {
    course_id: courseId,
    chapter_id: chapterId,
    slug: lesson.slug,
    position: lesson.position,
    title_en: title.en,
    title_hi: title.hi,
    summary_en: summary.en,
    summary_hi: summary.hi,
    topics,
    minutes,
    markdown: lesson.markdown,
    html: lesson.html,
    passages: JSON.stringify(lesson.passages),
    search_text: lesson.searchText,
    is_published: true,
    content_hash: lesson.hash,
    updated_at: new Date(),
  };
  const query =
    id === undefined
      ? executor.insertInto('lesson').values(values).returning('id')
      : executor
          .updateTable('lesson')
          .set(values)
          .set((eb) => ({ version: eb('version', '+', 1) }))
          .where('id', '=', id)
          .returning('id');
  const row = await query.executeTakeFirstOrThrow();
  await replaceExercises(executor, row.id, lesson.exercises);
  return row.id;
}
