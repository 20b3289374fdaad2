import { Type, type Static } from 'typebox';
import {
  Bilingual,
  ClassNumber,
  CourseParams,
  Language,
  LessonParams,
  Level,
  problems,
  Slug,
  Uuid,
} from '../shared-schemas.ts';

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' });
const bilingual = (maxLength: number) =>
  Type.Object({ en: text(maxLength), hi: text(maxLength) }, { additionalProperties: false });
const Topics = Type.Array(Slug, { maxItems: 12, uniqueItems: true });
const Introduction = Type.String({ maxLength: 20_000, description: 'Markdown with LaTeX.' });
const closed = { additionalProperties: false } as const;

const courseFields = {
  title: bilingual(150),
  summary: bilingual(500),
  class: ClassNumber,
  level: Level,
  language: Language,
  topics: Topics,
};

export const CourseInput = Type.Object(
  { slug: Slug, ...courseFields, markdown: Type.Optional(Introduction) },
  closed,
);
export type CourseInput = Static<typeof CourseInput>;

export const CoursePatch = Type.Partial(Type.Object({ ...courseFields, markdown: Introduction }), {
  ...closed,
  minProperties: 1,
});
export type CoursePatch = Static<typeof CoursePatch>;

export const ChapterInput = Type.Object(
  { slug: Slug, title: bilingual(150), markdown: Type.Optional(Introduction) },
  closed,
);
export type ChapterInput = Static<typeof ChapterInput>;

const ExerciseInput = Type.Object(
  {
    question: text(5_000),
    answer: text(1_000),
    hint: Type.Optional(text(5_000)),
    solution: text(10_000),
  },
  closed,
);

const lessonFields = {
  title: bilingual(150),
  summary: bilingual(500),
  topics: Topics,
  minutes: Type.Integer({ minimum: 1, maximum: 600 }),
  markdown: Type.String({ minLength: 1, maxLength: 100_000, description: 'Markdown with LaTeX.' }),
  exercises: Type.Array(ExerciseInput, { maxItems: 50 }),
  published: Type.Boolean({ description: 'A published lesson shows once its course is published.' }),
};

export const LessonInput = Type.Object(
  { slug: Slug, ...lessonFields, published: Type.Optional(lessonFields.published) },
  closed,
);
export type LessonInput = Static<typeof LessonInput>;

const lessonChange = Type.Partial(Type.Object(lessonFields));
export const LessonPatch = Type.Object(
  {
    version: Type.Integer({ minimum: 1, description: 'The version that the change was made from.' }),
    ...lessonChange.properties,
  },
  { ...closed, minProperties: 2 },
);
export type LessonPatch = Static<typeof LessonPatch>;

const CourseSource = Type.Object({
  id: Uuid,
  slug: Slug,
  authorId: Uuid,
  title: Bilingual,
  summary: Bilingual,
  class: ClassNumber,
  level: Level,
  language: Language,
  topics: Type.Array(Type.String()),
  markdown: Type.String(),
  published: Type.Boolean(),
});
export type CourseSource = Static<typeof CourseSource>;

const ChapterSource = Type.Object({ id: Uuid, slug: Slug, title: Bilingual, markdown: Type.String() });
export type ChapterSource = Static<typeof ChapterSource>;

const LessonSource = Type.Object({
  id: Uuid,
  courseId: Uuid,
  chapterId: Uuid,
  slug: Slug,
  title: Bilingual,
  summary: Bilingual,
  topics: Type.Array(Type.String()),
  minutes: Type.Integer(),
  markdown: Type.String(),
  exercises: Type.Array(
    Type.Object({
      question: Type.String(),
      answer: Type.String(),
      hint: Type.Optional(Type.String()),
      solution: Type.String(),
    }),
  ),
  published: Type.Boolean(),
  version: Type.Integer(),
});
export type LessonSource = Static<typeof LessonSource>;

const CourseOutline = Type.Object({
  ...CourseSource.properties,
  chapters: Type.Array(
    Type.Object({
      ...ChapterSource.properties,
      lessons: Type.Array(
        Type.Object({
          id: Uuid,
          slug: Slug,
          title: Bilingual,
          published: Type.Boolean(),
          version: Type.Integer(),
        }),
      ),
    }),
  ),
});
export type CourseOutline = Static<typeof CourseOutline>;

const tags = ['authoring'];
const ChapterParams = Type.Object({
  ...CourseParams.properties,
  chapter: Type.String({ description: 'Id or slug.' }),
});

export const createCourseSchema = {
  summary: 'Create a course; it is a draft until it is published',
  tags,
  body: CourseInput,
  response: { 201: CourseSource, ...problems(400, 401, 403, 409) },
};
export const courseSourceSchema = {
  summary: 'A course of one’s own as it is written, drafts included',
  tags,
  params: CourseParams,
  response: { 200: CourseOutline, ...problems(401, 403, 404) },
};
export const changeCourseSchema = {
  summary: 'Change a course',
  tags,
  params: CourseParams,
  body: CoursePatch,
  response: { 200: CourseSource, ...problems(400, 401, 403, 404) },
};
export const publishCourseSchema = {
  summary: 'Publish or unpublish a course; again is the same',
  tags,
  params: CourseParams,
  response: { 200: CourseSource, ...problems(401, 403, 404) },
};
export const createChapterSchema = {
  summary: 'Add a chapter at the end of a course',
  tags,
  params: CourseParams,
  body: ChapterInput,
  response: { 201: ChapterSource, ...problems(400, 401, 403, 404, 409) },
};
export const createLessonSchema = {
  summary: 'Add a lesson at the end of a chapter',
  tags,
  params: ChapterParams,
  body: LessonInput,
  response: { 201: LessonSource, ...problems(400, 401, 403, 404, 409) },
};
export const lessonSourceSchema = {
  summary: 'A lesson as it is written, with its version',
  tags,
  params: LessonParams,
  response: { 200: LessonSource, ...problems(401, 403, 404) },
};
export const changeLessonSchema = {
  summary: 'Change a lesson that nobody else has changed since',
  tags,
  params: LessonParams,
  body: LessonPatch,
  response: { 200: LessonSource, ...problems(400, 401, 403, 404, 409) },
};
