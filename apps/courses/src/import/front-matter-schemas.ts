import { Type, type Static } from 'typebox';
import { WRITTEN } from '../shared-schemas.ts';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: WRITTEN });
const InBothLanguages = (maxLength: number) =>
  Type.Object({ en: Text(maxLength), hi: Text(maxLength) }, { additionalProperties: false });
const Topics = Type.Array(Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 }), {
  minItems: 1,
  maxItems: 12,
  uniqueItems: true,
});
const oneOf = <const Names extends readonly string[]>(names: Names) =>
  Type.Unsafe<Names[number]>(Type.String({ enum: [...names] }));

/** The front matter of `course.md`. */
export const CourseFrontMatter = Type.Object(
  {
    title: InBothLanguages(150),
    summary: InBothLanguages(500),
    class: Type.Integer({ minimum: 6, maximum: 12 }),
    level: oneOf(['foundation', 'board', 'entrance']),
    language: oneOf(['en', 'hi', 'bilingual']),
    topics: Topics,
  },
  { additionalProperties: false },
);
export type CourseFrontMatter = Static<typeof CourseFrontMatter>;

/** The front matter of `chapter.md`. */
export const ChapterFrontMatter = Type.Object(
  { title: InBothLanguages(150) },
  { additionalProperties: false },
);
export type ChapterFrontMatter = Static<typeof ChapterFrontMatter>;

/** The front matter of a lesson. */
export const LessonFrontMatter = Type.Object(
  {
    title: InBothLanguages(150),
    summary: InBothLanguages(500),
    topics: Topics,
    minutes: Type.Integer({ minimum: 1, maximum: 600 }),
    exercises: Type.Array(
      Type.Object(
        {
          question: Text(5_000),
          answer: Text(1_000),
          hint: Type.Optional(Text(5_000)),
          solution: Text(10_000),
        },
        { additionalProperties: false },
      ),
      { minItems: 4, maxItems: 50 },
    ),
  },
  { additionalProperties: false },
);
export type LessonFrontMatter = Static<typeof LessonFrontMatter>;
