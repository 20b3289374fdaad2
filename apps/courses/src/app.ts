import { identity } from '@ganitagya/identity';
import type { ServiceDefinition } from '@ganitagya/service';
import { authoringRoutes } from './authoring/authoring.routes.ts';
import { catalogueRoutes } from './catalogue/catalogue.routes.ts';
import { coursesConfig } from './config.ts';
import { createDependencies } from './dependencies.ts';
import { enrolmentRoutes } from './enrolments/enrolment.routes.ts';
import { feedRoutes } from './feed/feed.routes.ts';
import { lessonRoutes, solutionRoutes } from './lessons/lesson.routes.ts';
import { progressRoutes } from './progress/progress.routes.ts';

/** The courses service: catalogue, lessons, enrolments, progress and authoring. */
export const courses: ServiceDefinition<typeof coursesConfig> = {
  name: 'courses',
  config: coursesConfig,
  docsPath: '/api/courses/docs',
  build: (platform) => {
    const dependencies = createDependencies(platform);
    const { courseAuthoring, lessonAuthoring, verifier } = dependencies;
    return async (app) => {
      await app.register(identity, { verifier });

      // For everybody: ready bytes from the cache.
      await app.register(catalogueRoutes(dependencies));
      await app.register(lessonRoutes(dependencies));
      await app.register(feedRoutes(dependencies));

      // For those who are signed in: their own data, never kept by any cache on the way.
      await app.register(solutionRoutes(dependencies));
      await app.register(enrolmentRoutes(dependencies));
      await app.register(progressRoutes(dependencies));

      // For teachers: what they write.
      await app.register(authoringRoutes({ courses: courseAuthoring, lessons: lessonAuthoring }));
    };
  },
};
