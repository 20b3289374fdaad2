import type { Database } from '@ganitagya/database';
import type { Principal } from '@ganitagya/service';
import { errors } from '../errors.ts';
import { recordLessonChanges } from '../feed/feed.repository.ts';
import type { Invalidation } from '../invalidation.ts';
import type { RenderedLesson } from '../lessons/render-lesson.ts';
import { isSlug, parseReference } from '../reference.ts';
import type { CoursesSchema } from '../schema.ts';
import { catalogueTag, courseTag, lessonTag } from '../tags.ts';
import type { LessonInput, LessonPatch, LessonSource } from './authoring.schemas.ts';
import { findChapter } from './course-writer.repository.ts';
import {
  findLesson,
  insertLesson,
  listExercises,
  listLessonStates,
  replaceExercises,
  updateLesson,
} from './lesson-writer.repository.ts';
import { findOwnCourse } from './ownership.ts';
import { renderLessonSource } from './render-source.ts';
import { toLessonSource } from './source-view.ts';

const LESSONS_MAX = 500;

/** Changes to these show in the lesson alone, not in the lists that name it. */
const BODY_FIELDS: ReadonlySet<string> = new Set(['version', 'markdown', 'exercises']);

type LessonContent = Pick<
  LessonSource,
  'title' | 'summary' | 'topics' | 'minutes' | 'markdown' | 'exercises' | 'published'
>;

export type LessonAuthoring = ReturnType<typeof createLessonAuthoring>;

/** What teachers do with lessons. Every change reaches all caches before the answer goes out. */
export function createLessonAuthoring(dependencies: {
  readonly db: Database<CoursesSchema>;
  readonly invalidation: Invalidation;
}) {
  const { db, invalidation } = dependencies;

  /** In a transaction, hence from the primary: what is changed next must be neither old nor of two versions. */
  async function read(courseId: string, slug: string): Promise<LessonSource> {
    return db.transaction().execute(async (primary) => {
      const row = isSlug(slug) ? await findLesson(primary, courseId, slug) : undefined;
      if (row === undefined) throw errors.lessonUnknown();
      return toLessonSource(row, await listExercises(primary, row.id));
    });
  }

  return {
    async add(
      principal: Principal,
      course: string,
      chapter: string,
      input: LessonInput,
    ): Promise<LessonSource> {
      const { id: courseId } = await findOwnCourse(db, course, principal);
      const reference = parseReference(chapter);
      const found = reference && (await findChapter(db, courseId, reference));
      if (found === undefined) throw errors.chapterUnknown();
      const content = normalized({ published: true, ...input });
      const rendered = await renderLessonSource({ titleEn: content.title.en, ...content });
      const row = await db.transaction().execute(async (transaction) => {
        const lessons = await listLessonStates(transaction, courseId);
        if (lessons.length >= LESSONS_MAX) throw errors.limitReached('lessons in a course', LESSONS_MAX);
        const inserted = await insertLesson(transaction, {
          course_id: courseId,
          chapter_id: found.id,
          slug: input.slug,
          position: Math.max(0, ...lessons.map(({ position }) => position)) + 1,
          ...lessonColumns(content, rendered),
        });
        if (inserted === undefined) throw errors.slugTaken();
        await replaceExercises(transaction, inserted.id, rendered.exercises);
        await recordLessonChanges(transaction, [inserted.id]);
        return inserted;
      });
      await invalidation.published([courseTag(courseId), catalogueTag]);
      return toLessonSource(row, content.exercises.map(withNullHint));
    },

    async source(principal: Principal, course: string, slug: string): Promise<LessonSource> {
      const { id } = await findOwnCourse(db, course, principal);
      return read(id, slug);
    },

    async change(
      principal: Principal,
      course: string,
      slug: string,
      patch: LessonPatch,
    ): Promise<LessonSource> {
      const { id: courseId } = await findOwnCourse(db, course, principal);
      const current = await read(courseId, slug);
      if (current.version !== patch.version) throw errors.versionConflict(current.version);
      const content = normalized({ ...current, ...patch });
      const rendered = await renderLessonSource({ titleEn: content.title.en, ...content });
      const row = await db.transaction().execute(async (transaction) => {
        const updated = await updateLesson(
          transaction,
          current.id,
          patch.version,
          lessonColumns(content, rendered),
        );
        if (updated === undefined) throw errors.versionConflict(patch.version + 1);
        await replaceExercises(transaction, current.id, rendered.exercises);
        await recordLessonChanges(transaction, [current.id]);
        return updated;
      });
      const isBodyOnly = Object.keys(patch).every((field) => BODY_FIELDS.has(field));
      await invalidation.published([
        lessonTag(current.id),
        ...(isBodyOnly ? [] : [courseTag(courseId), catalogueTag]),
      ]);
      return toLessonSource(row, content.exercises.map(withNullHint));
    },
  };
}

function normalized(content: LessonContent): LessonContent {
  return { ...content, markdown: content.markdown.normalize('NFC') };
}

function withNullHint(exercise: LessonSource['exercises'][number]) {
  return { ...exercise, hint: exercise.hint ?? null };
}

function lessonColumns(content: LessonContent, rendered: RenderedLesson) {
  return {
    title_en: content.title.en,
    title_hi: content.title.hi,
    summary_en: content.summary.en,
    summary_hi: content.summary.hi,
    topics: content.topics,
    minutes: content.minutes,
    markdown: content.markdown,
    html: rendered.html,
    passages: JSON.stringify(rendered.passages),
    search_text: rendered.searchText,
    is_published: content.published,
  };
}
