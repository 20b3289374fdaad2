import type { Cache } from '@ganitagya/cache';
import { errors } from '../errors.ts';
import { isSlug, parseReference } from '../reference.ts';
import { catalogueTag, courseTag } from '../tags.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';

/** A published course, as the directory knows it. */
export interface ListedCourse {
  readonly id: string;
  readonly slug: string;
  readonly class: number;
  readonly topics: readonly string[];
}

/** A published lesson in its course's order. */
export interface ListedLesson {
  readonly id: string;
  readonly slug: string;
  readonly title: { readonly en: string; readonly hi: string };
}

interface CourseNames {
  readonly courses: Readonly<Record<string, ListedCourse>>;
  readonly idsBySlug: Readonly<Record<string, string>>;
  readonly topics: readonly string[];
}

export type Directory = ReturnType<typeof createDirectory>;

/**
 * The names of all that is published, as a few cache entries. Whoever asks for something that is not there gets their
 * answer from these, so that random ids neither reach the database nor take room in the cache.
 */
export function createDirectory({ cache, catalogue }: { cache: Cache; catalogue: CatalogueRepository }) {
  const names = (): Promise<CourseNames> =>
    cache.getOrSet('directory', async () => toNames(await catalogue.listNames()), { tags: [catalogueTag] });

  const lessonsOf = (courseId: string): Promise<readonly ListedLesson[]> =>
    cache.getOrSet(
      `directory:${courseId}`,
      async () =>
        (await catalogue.listLessons(courseId)).map(({ id, slug, title_en, title_hi }) => ({
          id,
          slug,
          title: { en: title_en, hi: title_hi },
        })),
      { tags: [courseTag(courseId)] },
    );

  return {
    lessonsOf,

    /** The published course that a path names; throws `course.unknown`. */
    async course(text: string): Promise<ListedCourse> {
      const reference = parseReference(text);
      if (reference === undefined) throw errors.courseUnknown();
      const { courses, idsBySlug } = await names();
      const id = 'id' in reference ? reference.id : own(idsBySlug, reference.slug);
      const course = id === undefined ? undefined : own(courses, id);
      if (course === undefined) throw errors.courseUnknown();
      return course;
    },

    /** The published lesson of a course and its neighbours; throws `lesson.unknown`. */
    async lesson(courseId: string, slug: string) {
      if (!isSlug(slug)) throw errors.lessonUnknown();
      const lessons = await lessonsOf(courseId);
      const index = lessons.findIndex((lesson) => lesson.slug === slug);
      const lesson = lessons[index];
      if (lesson === undefined) throw errors.lessonUnknown();
      return { lesson, previous: lessons[index - 1] ?? null, next: lessons[index + 1] ?? null };
    },

    async courseById(id: string): Promise<ListedCourse | undefined> {
      return own((await names()).courses, id);
    },

    async hasTopic(topic: string): Promise<boolean> {
      return (await names()).topics.includes(topic);
    },
  };
}

function toNames(rows: readonly ListedCourse[]): CourseNames {
  return {
    courses: Object.fromEntries(rows.map((row) => [row.id, row])),
    idsBySlug: Object.fromEntries(rows.map(({ id, slug }) => [slug, id])),
    topics: [...new Set(rows.flatMap(({ topics }) => topics))],
  };
}

/** Slugs such as `constructor` must not find what every object has. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
