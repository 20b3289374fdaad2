import type { Principal } from '@ganitagya/service';
import type { Database } from '@ganitagya/database';
import type { Updateable } from 'kysely';
import { errors } from '../errors.ts';
import { recordLessonChanges } from '../feed/feed.repository.ts';
import type { Invalidation } from '../invalidation.ts';
import type { CoursesSchema } from '../schema.ts';
import { catalogueTag, courseTag } from '../tags.ts';
import type { ChapterInput, CourseInput, CourseOutline, CoursePatch } from './authoring.schemas.ts';
import {
  countCoursesOf,
  insertChapter,
  insertCourse,
  listChapters,
  updateCourse,
} from './course-writer.repository.ts';
import { listLessonStates } from './lesson-writer.repository.ts';
import { findOwnCourse } from './ownership.ts';
import { renderIntroduction } from './render-source.ts';
import { toChapterSource, toCourseSource } from './source-view.ts';

const COURSES_MAX = 200;
const CHAPTERS_MAX = 100;

export type CourseAuthoring = ReturnType<typeof createCourseAuthoring>;

/** What teachers do with courses and chapters. Every change reaches all caches before the answer goes out. */
export function createCourseAuthoring(dependencies: {
  readonly db: Database<CoursesSchema>;
  readonly invalidation: Invalidation;
}) {
  const { db, invalidation } = dependencies;
  return {
    async create(principal: Principal, input: CourseInput) {
      const { html, markdown } = await renderIntroduction(input.markdown ?? '');
      const row = await db.transaction().execute(async (transaction) => {
        if ((await countCoursesOf(transaction, principal.userId)) >= COURSES_MAX) {
          throw errors.limitReached('courses of one teacher', COURSES_MAX);
        }
        return insertCourse(transaction, {
          slug: input.slug,
          author_id: principal.userId,
          title_en: input.title.en,
          title_hi: input.title.hi,
          summary_en: input.summary.en,
          summary_hi: input.summary.hi,
          class: input.class,
          level: input.level,
          language: input.language,
          topics: input.topics,
          markdown,
          html,
        });
      });
      if (row === undefined) throw errors.slugTaken();
      return toCourseSource(row);
    },

    async outline(principal: Principal, reference: string): Promise<CourseOutline> {
      const course = await findOwnCourse(db, reference, principal);
      const [chapters, lessons] = await Promise.all([
        listChapters(db, course.id),
        listLessonStates(db, course.id),
      ]);
      const byChapter = Map.groupBy(lessons, (lesson) => lesson.chapter_id);
      return {
        ...toCourseSource(course),
        chapters: chapters.map((chapter) => ({
          ...toChapterSource(chapter),
          lessons: (byChapter.get(chapter.id) ?? []).map((lesson) => ({
            id: lesson.id,
            slug: lesson.slug,
            title: { en: lesson.title_en, hi: lesson.title_hi },
            published: lesson.is_published,
            version: lesson.version,
          })),
        })),
      };
    },

    async change(principal: Principal, reference: string, patch: CoursePatch) {
      const { id } = await findOwnCourse(db, reference, principal);
      const rendered = patch.markdown === undefined ? {} : await renderIntroduction(patch.markdown);
      const row = await updateCourse(db, id, { ...changedColumns(patch), ...rendered });
      if (row === undefined) throw errors.courseUnknown();
      await invalidation.published([courseTag(id), catalogueTag]);
      return toCourseSource(row);
    },

    /** Publishes or unpublishes the course with its lessons. */
    async setPublished(principal: Principal, reference: string, isPublished: boolean) {
      const { row, isChanged } = await db.transaction().execute(async (transaction) => {
        // In the transaction, hence from the primary: a replica may show what somebody else has just undone.
        const course = await findOwnCourse(transaction, reference, principal);
        if ((course.published_at !== null) === isPublished) return { row: course, isChanged: false };
        const changed = await updateCourse(transaction, course.id, {
          published_at: isPublished ? new Date() : null,
        });
        if (changed === undefined) throw errors.courseUnknown();
        const lessons = await listLessonStates(transaction, course.id);
        await recordLessonChanges(
          transaction,
          lessons.map(({ id }) => id),
        );
        return { row: changed, isChanged: true };
      });
      if (isChanged) await invalidation.published([courseTag(row.id), catalogueTag]);
      return toCourseSource(row);
    },

    async addChapter(principal: Principal, reference: string, input: ChapterInput) {
      const { id: courseId } = await findOwnCourse(db, reference, principal);
      const { html, markdown } = await renderIntroduction(input.markdown ?? '');
      const row = await db.transaction().execute(async (transaction) => {
        const chapters = await listChapters(transaction, courseId);
        if (chapters.length >= CHAPTERS_MAX) throw errors.limitReached('chapters in a course', CHAPTERS_MAX);
        return insertChapter(transaction, {
          course_id: courseId,
          slug: input.slug,
          position: (chapters.at(-1)?.position ?? 0) + 1,
          title_en: input.title.en,
          title_hi: input.title.hi,
          markdown,
          html,
        });
      });
      if (row === undefined) throw errors.slugTaken();
      return toChapterSource(row);
    },
  };
}

function changedColumns(patch: CoursePatch): Updateable<CoursesSchema['course']> {
  const { title, summary, class: classNumber, level, language, topics } = patch;
  return {
    ...(title && { title_en: title.en, title_hi: title.hi }),
    ...(summary && { summary_en: summary.en, summary_hi: summary.hi }),
    ...(classNumber !== undefined && { class: classNumber }),
    ...(level && { level }),
    ...(language && { language }),
    ...(topics && { topics }),
  };
}
