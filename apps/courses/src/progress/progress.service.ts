import type { Directory, ListedLesson } from '../catalogue/directory.ts';
import type { EnrolmentRepository } from '../enrolments/enrolment.repository.ts';
import { errors } from '../errors.ts';
import { parseReference } from '../reference.ts';
import type { ProgressRepository, ProgressRow } from './progress.repository.ts';
import type { CourseProgress, LessonProgress, ProgressUpdate, Resume } from './progress.schemas.ts';

const COURSES_LOOKED_AT_MAX = 5;

export type ProgressService = ReturnType<typeof createProgressService>;

/** Recording progress, summing it up, and finding where to go on. */
export function createProgressService(dependencies: {
  readonly directory: Directory;
  readonly enrolments: EnrolmentRepository;
  readonly progress: ProgressRepository;
}) {
  const { directory, enrolments, progress } = dependencies;

  /** Where to go on in the first of these courses that has something to do. */
  async function firstToDo(userId: string, courseIds: readonly string[]): Promise<Resume | null> {
    for (const courseId of courseIds.slice(0, COURSES_LOOKED_AT_MAX)) {
      const course = await directory.courseById(courseId);
      if (course === undefined) continue;
      const [lessons, rows] = await Promise.all([
        directory.lessonsOf(courseId),
        progress.listInCourse(userId, courseId),
      ]);
      const lesson = nextLesson(lessons, rows);
      if (lesson === undefined) continue;
      const row = rows.find(({ lesson_id }) => lesson_id === lesson.id);
      return {
        course: { id: course.id, slug: course.slug },
        lesson,
        percent: row?.percent ?? 0,
        position: row?.position ?? null,
      };
    }
    return null;
  }

  return {
    /** Throws `lesson.unknown` unless the lesson is published. */
    async record(userId: string, lesson: string, update: ProgressUpdate): Promise<LessonProgress> {
      const reference = parseReference(lesson);
      if (reference === undefined || !('id' in reference)) throw errors.lessonUnknown();
      const row = await progress.record({
        userId,
        lessonId: reference.id,
        percent: update.percent,
        position: update.position,
        isCompleted: update.completed ?? update.percent === 100,
      });
      if (row === undefined) throw errors.lessonUnknown();
      return toLessonProgress(row);
    },

    /** Counts only lessons that are published now. */
    async inCourse(userId: string, course: string): Promise<CourseProgress> {
      const { id } = await directory.course(course);
      const [lessons, rows] = await Promise.all([directory.lessonsOf(id), progress.listInCourse(userId, id)]);
      const published = new Set(lessons.map((lesson) => lesson.id));
      const counted = rows.filter((row) => published.has(row.lesson_id));
      const total = counted.reduce((sum, row) => sum + row.percent, 0);
      return {
        courseId: id,
        lessonCount: lessons.length,
        completedCount: counted.filter((row) => row.completed_at !== null).length,
        percent: lessons.length === 0 ? 0 : Math.floor(total / lessons.length),
        lessons: counted.map(toLessonProgress),
      };
    },

    /**
     * The unfinished lesson that was worked on last in the latest course, else the next one not done there; then the
     * same for the courses before it, then the first lesson of a course that is only enrolled in.
     */
    async resume(userId: string): Promise<Resume | null> {
      const begun = new Set((await progress.listRecent(userId)).map((row) => row.course_id));
      const found = await firstToDo(userId, [...begun]);
      if (found !== null) return found;
      const enrolled = await enrolments.list(userId);
      return firstToDo(
        userId,
        enrolled.map(({ id }) => id).filter((id) => !begun.has(id)),
      );
    },
  };
}

/** `rows` are the latest first. */
function nextLesson(
  lessons: readonly ListedLesson[],
  rows: readonly ProgressRow[],
): ListedLesson | undefined {
  const done = new Set(rows.filter((row) => row.completed_at !== null).map((row) => row.lesson_id));
  const [latest] = rows;
  const at = lessons.findIndex(({ id }) => id === latest?.lesson_id);
  const fromThere = [...lessons.slice(Math.max(at, 0)), ...lessons.slice(0, Math.max(at, 0))];
  return fromThere.find(({ id }) => !done.has(id));
}

function toLessonProgress(row: ProgressRow): LessonProgress {
  return {
    lessonId: row.lesson_id,
    courseId: row.course_id,
    percent: row.percent,
    position: row.position,
    completedAt: row.completed_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
  };
}
