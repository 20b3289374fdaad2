import { Type } from 'typebox';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { ClassNumber, Uuid } from '../shared-schemas.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';
import {
  PAGE_SIZE,
  type CatalogueQuery,
  type CataloguePage,
  type CourseDetail,
} from './catalogue.schemas.ts';
import { toCourseDetail, toCourseSummary } from './course-view.ts';
import type { Directory } from './directory.ts';
import type { SearchRepository } from './search.repository.ts';

const ListCursor = Type.Tuple([ClassNumber, Uuid]);
const SearchCursor = Type.Tuple([
  Type.Literal('q'),
  Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
  Uuid,
]);

export type CatalogueService = ReturnType<typeof createCatalogueService>;

/** Browsing and searching published courses. */
export function createCatalogueService(dependencies: {
  readonly catalogue: CatalogueRepository;
  readonly search: SearchRepository;
  readonly directory: Directory;
}) {
  const { catalogue, search, directory } = dependencies;
  return {
    /** The canonical cache key of a page; undefined when too many such pages could be asked for to keep them. */
    async cacheKey({ q, limit, cursor, class: classNumber, language, level, topic }: CatalogueQuery) {
      if (q !== undefined || limit !== PAGE_SIZE) return undefined;
      if (cursor !== undefined) {
        // Any filters go with any cursor: together they would make more keys than a cache can hold.
        if ((topic ?? language ?? level) !== undefined) return undefined;
        const [lastClass, lastId] = decodeCursor(cursor, ListCursor);
        if ((await directory.courseById(lastId))?.class !== lastClass) return undefined;
        if (classNumber !== undefined && classNumber !== lastClass) return undefined;
      }
      if (topic !== undefined && !(await directory.hasTopic(topic))) return undefined;
      return `courses:${JSON.stringify([classNumber, language, level, topic, cursor])}`;
    },

    /** A page of the catalogue in its own order. */
    async page({ limit, cursor, ...filter }: CatalogueQuery): Promise<CataloguePage> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, ListCursor);
      if (filter.topic !== undefined && !(await directory.hasTopic(filter.topic))) {
        return { courses: [], next: null };
      }
      const rows = await catalogue.list(filter, after && { class: after[0], id: after[1] }, limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        courses: rows.slice(0, limit).map(toCourseSummary),
        next: last === undefined ? null : encodeCursor([last.class, last.id]),
      };
    },

    /** A page of search results, best first, with the lessons that fit best. */
    async searchPage(text: string, { limit, cursor, ...filter }: CatalogueQuery): Promise<CataloguePage> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, SearchCursor);
      const rows = await search.search(text, filter, after && { rank: after[1], id: after[2] }, limit + 1);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const lessons = await search.matchingLessons(
        text,
        shown.map(({ id }) => id),
      );
      const byCourse = Map.groupBy(lessons, (lesson) => lesson.course_id);
      return {
        courses: shown.map((row) => ({
          ...toCourseSummary(row),
          matches: (byCourse.get(row.id) ?? []).map(({ slug, title_en, title_hi }) => ({
            slug,
            title: { en: title_en, hi: title_hi },
          })),
        })),
        next: last === undefined ? null : encodeCursor(['q', last.rank, last.id]),
      };
    },

    /** A published course with its chapters and lessons; undefined when it is not, or no longer, published. */
    async detail(id: string): Promise<CourseDetail | undefined> {
      const [course, chapters, lessons] = await Promise.all([
        catalogue.find(id),
        catalogue.listChapters(id),
        catalogue.listLessons(id),
      ]);
      return course && toCourseDetail(course, chapters, lessons);
    },
  };
}
