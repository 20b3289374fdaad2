import { Type, type Static } from 'typebox';
import { Bilingual, problems, Slug, STORABLE, Timestamp, Uuid } from '../shared-schemas.ts';

const Percent = Type.Integer({ minimum: 0, maximum: 100 });
const Position = Type.String({
  maxLength: 200,
  pattern: STORABLE,
  description: "Where in the lesson, in the client's own words.",
});

const LessonProgress = Type.Object({
  lessonId: Uuid,
  courseId: Uuid,
  percent: Percent,
  position: Type.Union([Position, Type.Null()]),
  completedAt: Type.Union([Timestamp, Type.Null()]),
  updatedAt: Timestamp,
});
export type LessonProgress = Static<typeof LessonProgress>;

const ProgressUpdate = Type.Object(
  { percent: Percent, position: Type.Optional(Position), completed: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
export type ProgressUpdate = Static<typeof ProgressUpdate>;

const CourseProgress = Type.Object({
  courseId: Uuid,
  lessonCount: Type.Integer(),
  completedCount: Type.Integer(),
  percent: Percent,
  lessons: Type.Array(LessonProgress),
});
export type CourseProgress = Static<typeof CourseProgress>;

const Resume = Type.Object({
  course: Type.Object({ id: Uuid, slug: Slug }),
  lesson: Type.Object({ id: Uuid, slug: Slug, title: Bilingual }),
  percent: Percent,
  position: Type.Union([Position, Type.Null()]),
});
export type Resume = Static<typeof Resume>;

export const recordProgressSchema = {
  summary: 'Record how far one is in a lesson; progress never goes back',
  tags: ['progress'],
  params: Type.Object({ lessonId: Type.String({ description: 'Id of a published lesson.' }) }),
  body: ProgressUpdate,
  response: { 200: LessonProgress, ...problems(400, 401, 404) },
};

export const courseProgressSchema = {
  summary: 'Progress in a course',
  tags: ['progress'],
  querystring: Type.Object(
    { course: Type.String({ minLength: 1, description: 'Id or slug.' }) },
    { additionalProperties: false },
  ),
  response: { 200: CourseProgress, ...problems(400, 401, 404) },
};

export const resumeSchema = {
  summary: 'Where to go on; null when everything is done or nothing begun',
  tags: ['progress'],
  response: { 200: Type.Object({ resume: Type.Union([Resume, Type.Null()]) }), ...problems(401) },
};
