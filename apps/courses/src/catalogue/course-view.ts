import type { CatalogueRepository } from './catalogue.repository.ts';
import type { CourseDetail, CourseSummary } from './catalogue.schemas.ts';

type SummaryRow = Awaited<ReturnType<CatalogueRepository['list']>>[number];
type ChapterRow = Awaited<ReturnType<CatalogueRepository['listChapters']>>[number];
type LessonRow = Awaited<ReturnType<CatalogueRepository['listLessons']>>[number];

/** A course as lists show it. */
export function toCourseSummary(row: SummaryRow): CourseSummary {
  return {
    id: row.id,
    slug: row.slug,
    title: { en: row.title_en, hi: row.title_hi },
    summary: { en: row.summary_en, hi: row.summary_hi },
    class: row.class,
    level: row.level,
    language: row.language,
    topics: row.topics,
    lessonCount: Number(row.lesson_count),
  };
}

/** A course with its chapters; chapters without a published lesson are left out. */
export function toCourseDetail(
  course: SummaryRow & { readonly html: string; readonly published_at: Date | null },
  chapters: readonly ChapterRow[],
  lessons: readonly LessonRow[],
): CourseDetail {
  const byChapter = Map.groupBy(lessons, (lesson) => lesson.chapter_id);
  return {
    ...toCourseSummary(course),
    html: course.html,
    publishedAt: (course.published_at ?? new Date(0)).toISOString(),
    chapters: chapters.flatMap((chapter) => {
      const own = byChapter.get(chapter.id);
      if (own === undefined) return [];
      return [
        {
          id: chapter.id,
          slug: chapter.slug,
          title: { en: chapter.title_en, hi: chapter.title_hi },
          html: chapter.html,
          lessons: own.map(toLessonSummary),
        },
      ];
    }),
  };
}

function toLessonSummary(row: LessonRow): CourseDetail['chapters'][number]['lessons'][number] {
  return {
    id: row.id,
    slug: row.slug,
    title: { en: row.title_en, hi: row.title_hi },
    summary: { en: row.summary_en, hi: row.summary_hi },
    topics: row.topics,
    minutes: row.minutes,
  };
}
