import { principalOf, requireRole } from '@ganitagya/identity';
import type { ServiceRoutes } from '@ganitagya/service';
import {
  changeCourseSchema,
  changeLessonSchema,
  courseSourceSchema,
  createChapterSchema,
  createCourseSchema,
  createLessonSchema,
  lessonSourceSchema,
  publishCourseSchema,
} from './authoring-route.schemas.ts';
import type { CourseAuthoring } from './course-authoring.service.ts';
import type { LessonAuthoring } from './lesson-authoring.service.ts';

/** A teacher can save a minute later; a student's answer cannot wait. */
const writing = { priority: 'reading' } as const;
const looking = { priority: 'browsing' } as const;

/** Writing courses: for teachers, each their own; for admins, all. */
export function authoringRoutes(dependencies: {
  readonly courses: CourseAuthoring;
  readonly lessons: LessonAuthoring;
}): ServiceRoutes {
  const { courses, lessons } = dependencies;
  return async (app) => {
    app.addHook('onRequest', requireRole('teacher'));

    app.post('/api/courses', { schema: createCourseSchema, config: writing }, async (request, reply) => {
      const course = await courses.create(principalOf(request), request.body);
      return reply.code(201).header('location', `/api/courses/${course.slug}`).send(course);
    });

    app.get('/api/courses/:course/source', { schema: courseSourceSchema, config: looking }, async (request) =>
      courses.outline(principalOf(request), request.params.course),
    );

    app.patch('/api/courses/:course', { schema: changeCourseSchema, config: writing }, async (request) =>
      courses.change(principalOf(request), request.params.course, request.body),
    );

    app.post(
      '/api/courses/:course/publish',
      { schema: publishCourseSchema, config: writing },
      async (request) => courses.setPublished(principalOf(request), request.params.course, true),
    );

    app.post(
      '/api/courses/:course/unpublish',
      { schema: publishCourseSchema, config: writing },
      async (request) => courses.setPublished(principalOf(request), request.params.course, false),
    );

    app.post(
      '/api/courses/:course/chapters',
      { schema: createChapterSchema, config: writing },
      async (request, reply) => {
        const chapter = await courses.addChapter(principalOf(request), request.params.course, request.body);
        return reply.code(201).send(chapter);
      },
    );

    app.post(
      '/api/courses/:course/chapters/:chapter/lessons',
      { schema: createLessonSchema, config: writing },
      async (request, reply) => {
        const { course, chapter } = request.params;
        const lesson = await lessons.add(principalOf(request), course, chapter, request.body);
        return reply.code(201).send(lesson);
      },
    );

    app.get(
      '/api/courses/:course/lessons/:lesson/source',
      { schema: lessonSourceSchema, config: looking },
      async (request) => lessons.source(principalOf(request), request.params.course, request.params.lesson),
    );

    app.patch(
      '/api/courses/:course/lessons/:lesson',
      { schema: changeLessonSchema, config: writing },
      async (request) =>
        lessons.change(principalOf(request), request.params.course, request.params.lesson, request.body),
    );
  };
}
