import type { ChapterSource, CourseSource, LessonSource } from './authoring.schemas.ts';
import type { ChapterRow, CourseRow } from './course-writer.repository.ts';
import type { ExerciseRow, LessonRow } from './lesson-writer.repository.ts';

/** A course as its author sees it. */
export function toCourseSource(row: CourseRow): CourseSource {
  return {
    id: row.id,
    slug: row.slug,
    authorId: row.author_id,
    title: { en: row.title_en, hi: row.title_hi },
    summary: { en: row.summary_en, hi: row.summary_hi },
    class: row.class,
    level: row.level,
    language: row.language,
    topics: row.topics,
    markdown: row.markdown,
    published: row.published_at !== null,
  };
}

/** A chapter as its author sees it. */
export function toChapterSource(row: ChapterRow): ChapterSource {
  return {
    id: row.id,
    slug: row.slug,
    title: { en: row.title_en, hi: row.title_hi },
    markdown: row.markdown,
  };
}

/** A lesson as its author sees it. */
export function toLessonSource(row: LessonRow, exercises: readonly ExerciseRow[]): LessonSource {
  return {
    id: row.id,
    courseId: row.course_id,
    chapterId: row.chapter_id,
    slug: row.slug,
    title: { en: row.title_en, hi: row.title_hi },
    summary: { en: row.summary_en, hi: row.summary_hi },
    topics: row.topics,
    minutes: row.minutes,
    markdown: row.markdown,
    exercises: exercises.map(({ question, answer, hint, solution }) => ({
      question,
      answer,
      ...(hint === null ? {} : { hint }),
      solution,
    })),
    published: row.is_published,
    version: row.version,
  };
}
