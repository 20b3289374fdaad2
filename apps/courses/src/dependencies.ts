import { createVerifier } from '@ganitagya/identity';
import type { Platform } from '@ganitagya/service';
import { createCourseAuthoring } from './authoring/course-authoring.service.ts';
import { createLessonAuthoring } from './authoring/lesson-authoring.service.ts';
import { createCatalogueRepository } from './catalogue/catalogue.repository.ts';
import { createCatalogueService } from './catalogue/catalogue.service.ts';
import { createDirectory } from './catalogue/directory.ts';
import { createSearchRepository } from './catalogue/search.repository.ts';
import type { CoursesConfig } from './config.ts';
import { createEnrolmentRepository } from './enrolments/enrolment.repository.ts';
import { createFeedRepository } from './feed/feed.repository.ts';
import { createInvalidation } from './invalidation.ts';
import { createLessonRepository } from './lessons/lesson.repository.ts';
import { createLessonService } from './lessons/lesson.service.ts';
import { publishedCache } from './lifetimes.ts';
import { createProgressRepository } from './progress/progress.repository.ts';
import { createProgressService } from './progress/progress.service.ts';
import type { CoursesSchema } from './schema.ts';

export type Dependencies = ReturnType<typeof createDependencies>;

/** Puts the service together from what the platform gives. */
export function createDependencies(platform: Platform<CoursesConfig>) {
  const { config, log } = platform;
  const cache = publishedCache(platform);
  const db = platform.database<CoursesSchema>();
  const invalidation = createInvalidation({ db, cache, log });
  platform.onClose(() => invalidation.close());

  const catalogue = createCatalogueRepository(db);
  const enrolments = createEnrolmentRepository(db);
  const directory = createDirectory({ cache, catalogue });
  return {
    cache,
    directory,
    enrolments,
    verifier: createVerifier({ jwksUrl: config.AUTH_JWKS_URL }),
    catalogue: createCatalogueService({ catalogue, search: createSearchRepository(db), directory }),
    lessons: createLessonService({ cache, directory, lessons: createLessonRepository(db) }),
    feed: createFeedRepository(db),
    progress: createProgressService({ directory, enrolments, progress: createProgressRepository(db) }),
    courseAuthoring: createCourseAuthoring({ db, invalidation }),
    lessonAuthoring: createLessonAuthoring({ db, invalidation }),
  };
}
