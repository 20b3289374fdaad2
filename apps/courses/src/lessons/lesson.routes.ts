import type { Cache } from '@ganitagya/cache';
import { requireUser } from '@ganitagya/identity';
import { sendCached, type ServiceRoutes } from '@ganitagya/service';
import type { Directory } from '../catalogue/directory.ts';
import { errors } from '../errors.ts';
import { courseTag, lessonTag } from '../tags.ts';
import { getLessonSchema, getSolutionsSchema } from './lesson.schemas.ts';
import type { LessonService } from './lesson.service.ts';

interface Dependencies {
  readonly cache: Cache;
  readonly directory: Directory;
  readonly lessons: LessonService;
}

/** `GET /api/courses/:course/lessons/:lesson`, for everybody. */
export function lessonRoutes({ cache, directory, lessons }: Dependencies): ServiceRoutes {
  return async (app) => {
    app.get('/api/courses/:course/lessons/:lesson', { schema: getLessonSchema }, async (request, reply) => {
      const course = await directory.course(request.params.course);
      const { lesson } = await directory.lesson(course.id, request.params.lesson);
      const tags = [lessonTag(lesson.id), courseTag(course.id)];
      return sendCached(request, reply, {
        cache,
        key: `lesson:${lesson.id}`,
        load: () => lessons.detail(course.id, lesson.slug),
        tags: () => tags,
        absentTags: tags,
        absent: errors.lessonUnknown,
      });
    });
  };
}

/** `GET /api/courses/:course/lessons/:lesson/solutions`, for those who are signed in. */
export function solutionRoutes({ directory, lessons }: Omit<Dependencies, 'cache'>): ServiceRoutes {
  return async (app) => {
    app.get(
      '/api/courses/:course/lessons/:lesson/solutions',
      { schema: getSolutionsSchema, onRequest: requireUser() },
      async (request) => {
        const course = await directory.course(request.params.course);
        const { lesson } = await directory.lesson(course.id, request.params.lesson);
        return lessons.solutions(course.id, lesson.id);
      },
    );
  };
}
