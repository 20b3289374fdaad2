import { Type } from 'typebox';
import { Bilingual, CourseParams, problems, Slug, Timestamp, Uuid } from '../shared-schemas.ts';

const Enrolment = Type.Object({ courseId: Uuid, enrolledAt: Timestamp });

const EnrolledCourse = Type.Object({
  course: Type.Object({ id: Uuid, slug: Slug, title: Bilingual }),
  enrolledAt: Timestamp,
  lessonCount: Type.Integer(),
  completedCount: Type.Integer(),
});

export const enrolSchema = {
  summary: 'Enrol in a course; again is the same',
  tags: ['enrolments'],
  params: CourseParams,
  response: { 200: Enrolment, ...problems(401, 404) },
};

export const leaveSchema = {
  summary: 'Leave a course; progress is kept',
  tags: ['enrolments'],
  params: CourseParams,
  response: { 204: Type.Null(), ...problems(401, 404) },
};

export const listEnrolmentsSchema = {
  summary: 'The courses one is enrolled in, latest first, at most 200',
  tags: ['enrolments'],
  response: { 200: Type.Object({ enrolments: Type.Array(EnrolledCourse) }), ...problems(401) },
};
