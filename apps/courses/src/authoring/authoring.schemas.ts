import { Type, type Static } from 'typebox';
import {
  Bilingual,
  ClassNumber,
  CourseSlug,
  Language,
  Level,
  Slug,
  STORABLE,
  Uuid,
  WRITTEN,
} from '../shared-schemas.ts';

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: WRITTEN });
const bilingual = (maxLength: number) =>
  Type.Object({ en: text(maxLength), hi: text(maxLength) }, { additionalProperties: false });
const Topics = Type.Array(Slug, { maxItems: 12, uniqueItems: true });
const Introduction = Type.String({
  maxLength: 20_000,
  pattern: STORABLE,
  description: 'Markdown with LaTeX.',
});
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
  { slug: CourseSlug, ...courseFields, markdown: Type.Optional(Introduction) },
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
  markdown: Type.String({
    minLength: 1,
    maxLength: 100_000,
    pattern: STORABLE,
    description: 'Markdown with LaTeX.',
  }),
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

export const CourseSource = Type.Object({
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

export const ChapterSource = Type.Object({ id: Uuid, slug: Slug, title: Bilingual, markdown: Type.String() });
export type ChapterSource = Static<typeof ChapterSource>;

export const LessonSource = Type.Object({
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

export const CourseOutline = Type.Object({
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
