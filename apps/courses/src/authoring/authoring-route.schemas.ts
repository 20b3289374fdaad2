import { Type } from 'typebox';
import { CourseParams, LessonParams, problems } from '../shared-schemas.ts';
import {
  ChapterInput,
  ChapterSource,
  CourseInput,
  CourseOutline,
  CoursePatch,
  CourseSource,
  LessonInput,
  LessonPatch,
  LessonSource,
} from './authoring.schemas.ts';

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
