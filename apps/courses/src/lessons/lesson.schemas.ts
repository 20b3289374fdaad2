import { Type, type Static } from 'typebox';
import { Bilingual, LessonParams, problems, Slug, Timestamp, Uuid } from '../shared-schemas.ts';

const Neighbour = Type.Union([Type.Object({ slug: Slug, title: Bilingual }), Type.Null()]);

const LessonDetail = Type.Object({
  id: Uuid,
  slug: Slug,
  title: Bilingual,
  summary: Bilingual,
  topics: Type.Array(Type.String()),
  minutes: Type.Integer(),
  version: Type.Integer(),
  updatedAt: Timestamp,
  course: Type.Object({ id: Uuid, slug: Slug, title: Bilingual }),
  chapter: Type.Object({ id: Uuid, slug: Slug, title: Bilingual }),
  html: Type.String({ description: 'Formulas are KaTeX HTML with MathML; needs the KaTeX style sheet.' }),
  exercises: Type.Array(
    Type.Object({
      number: Type.Integer(),
      questionHtml: Type.String(),
      hintHtml: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  previous: Neighbour,
  next: Neighbour,
});
export type LessonDetail = Static<typeof LessonDetail>;

const Solutions = Type.Object({
  lessonId: Uuid,
  solutions: Type.Array(
    Type.Object({
      number: Type.Integer(),
      answer: Type.String({ description: 'Plain text or LaTeX.' }),
      solutionHtml: Type.String(),
    }),
  ),
});
export type Solutions = Static<typeof Solutions>;

export const getLessonSchema = {
  summary: 'A published lesson with its exercises, without answers',
  tags: ['lessons'],
  params: LessonParams,
  response: { 200: LessonDetail, ...problems(404) },
};

export const getSolutionsSchema = {
  summary: 'Answers and worked solutions of a lesson',
  tags: ['lessons'],
  params: LessonParams,
  response: { 200: Solutions, ...problems(401, 404) },
};
