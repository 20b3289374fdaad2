import { sql, type Kysely, type Transaction } from 'kysely';
import { recordLessonChanges } from '../feed/feed.repository.ts';
import { SYSTEM_AUTHOR_ID, type CoursesSchema } from '../schema.ts';
import { catalogueTag, courseTag, lessonTag } from '../tags.ts';
import type { ContentCourse } from './content.ts';
import { writeChapter, writeCourse, writeLesson } from './import.repository.ts';
import { loadStored, type StoredCourse } from './stored.ts';

/** Any number that no other advisory lock of this database uses. */
const IMPORT_LOCK = 7_263_002;

/** What an import did. */
export interface ImportSummary {
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Cache tags of all that is stale now. */
  readonly tags: readonly string[];
}

/** A course of the folder has the slug of a teacher's course. */
export class SlugTakenError extends Error {
  readonly slug: string;

  constructor(slug: string) {
    super(`the slug "${slug}" is taken by a course that was not imported`);
    this.name = 'SlugTakenError';
    this.slug = slug;
  }
}

/**
 * Makes the imported courses those of the folder, in one transaction: writes what has changed, removes what is gone.
 * Ids stay, so enrolments and progress do too.
 */
export async function writeContent(
  db: Kysely<CoursesSchema>,
  courses: readonly ContentCourse[],
): Promise<ImportSummary> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(transaction);
    const stored = await loadStored(
      transaction,
      courses.map(({ slug }) => slug),
    );
    const run = new ImportRun(transaction);
    for (const course of courses) await run.course(course, stored.get(course.slug));
    const kept = new Set(courses.map(({ slug }) => slug));
    for (const course of stored.values()) {
      if (!kept.has(course.slug)) await run.removeCourse(course);
    }
    return run.finish();
  });
}

class ImportRun {
  readonly #transaction: Transaction<CoursesSchema>;
  readonly #counts = { created: 0, updated: 0, removed: 0, unchanged: 0 };
  readonly #changedLessons: string[] = [];
  readonly #tags = new Set<string>();

  constructor(transaction: Transaction<CoursesSchema>) {
    this.#transaction = transaction;
  }

  async course(course: ContentCourse, stored: StoredCourse | undefined): Promise<void> {
    if (stored !== undefined && stored.authorId !== SYSTEM_AUTHOR_ID) throw new SlugTakenError(course.slug);
    const isUnchanged = stored?.hash === course.hash && stored.isPublished;
    const id = isUnchanged ? stored.id : await writeCourse(this.#transaction, course, stored);
    this.#count(stored, isUnchanged);
    if (!isUnchanged) this.#touch(id);
    const wasHidden = stored?.isPublished === false;
    for (const chapter of course.chapters) {
      const known = stored?.chapters.get(chapter.slug);
      const chapterUnchanged = known?.hash === chapter.hash;
      const chapterId = chapterUnchanged
        ? known.id
        : await writeChapter(this.#transaction, id, chapter, known?.id);
      this.#count(known, chapterUnchanged);
      if (!chapterUnchanged) this.#touch(id);
      for (const lesson of chapter.lessons) {
        const existing = stored?.lessons.get(lesson.slug);
        const lessonUnchanged = existing?.hash === lesson.hash && existing.chapterId === chapterId;
        this.#count(existing, lessonUnchanged);
        if (!lessonUnchanged) {
          const lessonId = await writeLesson(this.#transaction, id, chapterId, lesson, existing?.id);
          this.#changedLessons.push(lessonId);
          this.#tags.add(lessonTag(lessonId));
          this.#touch(id);
        } else if (wasHidden) this.#changedLessons.push(existing.id);
      }
    }
    if (stored !== undefined) await this.#removeGone(course, stored);
  }

  async removeCourse(course: StoredCourse): Promise<void> {
    this.#changedLessons.push(...[...course.lessons.values()].map(({ id }) => id));
    await this.#transaction.deleteFrom('course').where('id', '=', course.id).execute();
    this.#counts.removed += 1 + course.chapters.size + course.lessons.size;
    this.#touch(course.id);
  }

  async finish(): Promise<ImportSummary> {
    await recordLessonChanges(this.#transaction, this.#changedLessons);
    return { ...this.#counts, tags: [...this.#tags] };
  }

  async #removeGone(course: ContentCourse, stored: StoredCourse): Promise<void> {
    const lessonSlugs = new Set(course.chapters.flatMap(({ lessons }) => lessons.map(({ slug }) => slug)));
    const lessons = [...stored.lessons].filter(([slug]) => !lessonSlugs.has(slug)).map(([, { id }]) => id);
    const chapterSlugs = new Set(course.chapters.map(({ slug }) => slug));
    const chapters = [...stored.chapters].filter(([slug]) => !chapterSlugs.has(slug)).map(([, { id }]) => id);
    if (lessons.length > 0) {
      await this.#transaction.deleteFrom('lesson').where('id', 'in', lessons).execute();
      this.#changedLessons.push(...lessons);
      for (const id of lessons) this.#tags.add(lessonTag(id));
    }
    if (chapters.length > 0)
      await this.#transaction.deleteFrom('chapter').where('id', 'in', chapters).execute();
    this.#counts.removed += lessons.length + chapters.length;
    if (lessons.length + chapters.length > 0) this.#touch(stored.id);
  }

  #count(stored: unknown, isUnchanged: boolean): void {
    if (stored === undefined) this.#counts.created += 1;
    else if (isUnchanged) this.#counts.unchanged += 1;
    else this.#counts.updated += 1;
  }

  /** The course shows otherwise than before, and so may any list of courses. */
  #touch(courseId: string): void {
    this.#tags.add(courseTag(courseId)).add(catalogueTag);
  }
}
