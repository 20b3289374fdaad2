import type { Kysely } from 'kysely';
import type { CoursesSchema } from '../schema.ts';

export type LessonRepository = ReturnType<typeof createLessonRepository>;

/** Reads published lessons. */
export function createLessonRepository(db: Kysely<CoursesSchema>) {
  return {
    /** A lesson with the names of its course and chapter. */
    find(id: string) {
      return db
        .selectFrom('lesson')
        .innerJoin('course', 'course.id', 'lesson.course_id')
        .innerJoin('chapter', 'chapter.id', 'lesson.chapter_id')
        .select([
          'lesson.id',
          'lesson.slug',
          'lesson.title_en',
          'lesson.title_hi',
          'lesson.summary_en',
          'lesson.summary_hi',
          'lesson.topics',
          'lesson.minutes',
          'lesson.version',
          'lesson.updated_at',
          'lesson.html',
          'course.id as course_id',
          'course.slug as course_slug',
          'course.title_en as course_title_en',
          'course.title_hi as course_title_hi',
          'chapter.id as chapter_id',
          'chapter.slug as chapter_slug',
          'chapter.title_en as chapter_title_en',
          'chapter.title_hi as chapter_title_hi',
        ])
        .where('lesson.id', '=', id)
        .where('lesson.is_published', '=', true)
        .where('course.published_at', 'is not', null)
        .executeTakeFirst();
    },

    /** The questions of a lesson in order. */
    listQuestions(lessonId: string) {
      return db
        .selectFrom('exercise')
        .select(['position', 'question_html', 'hint_html'])
        .where('lesson_id', '=', lessonId)
        .orderBy('position')
        .execute();
    },

    /** The answers of a lesson in order. */
    listSolutions(lessonId: string) {
      return db
        .selectFrom('exercise')
        .select(['position', 'answer', 'solution_html'])
        .where('lesson_id', '=', lessonId)
        .orderBy('position')
        .execute();
    },
  };
}
