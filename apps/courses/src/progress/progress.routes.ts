import { principalOf, requireUser } from '@ganitagya/identity';
import type { ServiceRoutes } from '@ganitagya/service';
import { courseProgressSchema, recordProgressSchema, resumeSchema } from './progress.schemas.ts';
import type { ProgressService } from './progress.service.ts';

/** One's own progress. */
export function progressRoutes({ progress }: { readonly progress: ProgressService }): ServiceRoutes {
  return async (app) => {
    app.addHook('onRequest', requireUser());

    app.put('/api/progress/:lessonId', { schema: recordProgressSchema }, async (request) =>
      progress.record(principalOf(request).userId, request.params.lessonId, request.body),
    );

    app.get('/api/progress', { schema: courseProgressSchema }, async (request) =>
      progress.inCourse(principalOf(request).userId, request.query.course),
    );

    app.get('/api/progress/resume', { schema: resumeSchema }, async (request) => ({
      resume: await progress.resume(principalOf(request).userId),
    }));
  };
}
