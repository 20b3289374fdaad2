import { Type, type Static } from 'typebox';
import {
  Bilingual,
  ClassNumber,
  CourseParams,
  Cursor,
  Language,
  Level,
  NextCursor,
  problems,
  Slug,
  Timestamp,
  Uuid,
  WRITTEN,
} from '../shared-schemas.ts';

/** Courses on a page when the client does not say. Only pages of this size are kept in the cache. */
export const PAGE_SIZE = 20;

/** Filters, search and place of `GET /api/courses`. */
export const CatalogueQuery = Type.Object(
  {
    class: Type.Optional(ClassNumber),
    topic: Type.Optional(Slug),
    language: Type.Optional(Language),
    level: Type.Optional(Level),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        pattern: WRITTEN,
        description: 'English or Hindi; typing errors are forgiven.',
      }),
    ),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 50, default: PAGE_SIZE }),
  },
  { additionalProperties: false },
);
export type CatalogueQuery = Static<typeof CatalogueQuery>;

export const CourseSummary = Type.Object({
  id: Uuid,
  slug: Slug,
  title: Bilingual,
  summary: Bilingual,
  class: ClassNumber,
  level: Level,
  language: Language,
  topics: Type.Array(Type.String()),
  lessonCount: Type.Integer(),
});
export type CourseSummary = Static<typeof CourseSummary>;

const CataloguePage = Type.Object({
  courses: Type.Array(
    Type.Object({
      ...CourseSummary.properties,
      matches: Type.Optional(
        Type.Array(Type.Object({ slug: Slug, title: Bilingual }), {
          description: 'With q: the lessons that fit best.',
        }),
      ),
    }),
  ),
  next: NextCursor,
});
export type CataloguePage = Static<typeof CataloguePage>;

const CourseDetail = Type.Object({
  ...CourseSummary.properties,
  html: Type.String(),
  publishedAt: Timestamp,
  chapters: Type.Array(
    Type.Object({
      id: Uuid,
      slug: Slug,
      title: Bilingual,
      html: Type.String(),
      lessons: Type.Array(
        Type.Object({
          id: Uuid,
          slug: Slug,
          title: Bilingual,
          summary: Bilingual,
          topics: Type.Array(Type.String()),
          minutes: Type.Integer(),
        }),
      ),
    }),
  ),
});
export type CourseDetail = Static<typeof CourseDetail>;

export const listCoursesSchema = {
  summary: 'Published courses, filtered and searched',
  tags: ['catalogue'],
  querystring: CatalogueQuery,
  response: { 200: CataloguePage, ...problems(400) },
};

export const getCourseSchema = {
  summary: 'A published course with its chapters and the titles of its lessons',
  tags: ['catalogue'],
  params: CourseParams,
  response: { 200: CourseDetail, ...problems(404) },
};
