import type { Cache } from '@ganitagya/cache';
import type { Directory, ListedLesson } from '../catalogue/directory.ts';
import { courseTag, lessonTag } from '../tags.ts';
import type { LessonRepository } from './lesson.repository.ts';
import type { LessonDetail, Solutions } from './lesson.schemas.ts';

type LessonRow = NonNullable<Awaited<ReturnType<LessonRepository['find']>>>;
type QuestionRow = Awaited<ReturnType<LessonRepository['listQuestions']>>[number];

export type LessonService = ReturnType<typeof createLessonService>;

/** Reading lessons. */
export function createLessonService(dependencies: {
  readonly cache: Cache;
  readonly directory: Directory;
  readonly lessons: LessonRepository;
}) {
  const { cache, directory, lessons } = dependencies;
  return {
    /** A lesson at its place in the course; undefined when it is not, or no longer, published. */
    async detail(courseId: string, slug: string): Promise<LessonDetail | undefined> {
      // Looked up here, within the load: neighbours known from before an invalidation would be kept after it.
      const { lesson, previous, next } = await directory.lesson(courseId, slug);
      const [row, questions] = await Promise.all([lessons.find(lesson.id), lessons.listQuestions(lesson.id)]);
      return row && { ...toDetail(row, questions), previous: toNeighbour(previous), next: toNeighbour(next) };
    },

    /** The solutions as everybody who is signed in gets them. */
    solutions(courseId: string, lessonId: string): Promise<Solutions> {
      return cache.getOrSet(
        `solutions:${lessonId}`,
        async () => ({
          lessonId,
          solutions: (await lessons.listSolutions(lessonId)).map(({ position, answer, solution_html }) => ({
            number: position,
            answer,
            solutionHtml: solution_html,
          })),
        }),
        { tags: [courseTag(courseId), lessonTag(lessonId)] },
      );
    },
  };
}

function toDetail(
  row: LessonRow,
  questions: readonly QuestionRow[],
): Omit<LessonDetail, 'previous' | 'next'> {
  return {
    id: row.id,
    slug: row.slug,
    title: { en: row.title_en, hi: row.title_hi },
    summary: { en: row.summary_en, hi: row.summary_hi },
    topics: row.topics,
    minutes: row.minutes,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
    course: {
      id: row.course_id,
      slug: row.course_slug,
      title: { en: row.course_title_en, hi: row.course_title_hi },
    },
    chapter: {
      id: row.chapter_id,
      slug: row.chapter_slug,
      title: { en: row.chapter_title_en, hi: row.chapter_title_hi },
    },
    html: row.html,
    exercises: questions.map(({ position, question_html, hint_html }) => ({
      number: position,
      questionHtml: question_html,
      hintHtml: hint_html,
    })),
  };
}

function toNeighbour(lesson: ListedLesson | null): LessonDetail['next'] {
  return lesson && { slug: lesson.slug, title: lesson.title };
}
