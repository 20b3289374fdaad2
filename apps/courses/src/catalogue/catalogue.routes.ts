import type { Cache } from '@ganitagya/cache';
import { cacheControl, cacheRules, sendCached, type ServiceRoutes } from '@ganitagya/service';
import { errors } from '../errors.ts';
import { catalogueTag, courseTag } from '../tags.ts';
import { getCourseSchema, listCoursesSchema } from './catalogue.schemas.ts';
import type { CatalogueService } from './catalogue.service.ts';
import type { Directory } from './directory.ts';

/** What anybody may type is not kept by caches that all share; it carries the quota of who asked, too. */
const UNSHARED_CACHE_CONTROL = cacheControl({ ...cacheRules.publicApi, cdnS: 0, staleS: 0 });

/** `GET /api/courses` and `GET /api/courses/:course`. */
export function catalogueRoutes(dependencies: {
  readonly cache: Cache;
  readonly catalogue: CatalogueService;
  readonly directory: Directory;
}): ServiceRoutes {
  const { cache, catalogue, directory } = dependencies;
  return async (app) => {
    app.get(
      '/api/courses',
      { schema: listCoursesSchema, config: { priority: 'browsing' } },
      async (request, reply) => {
        const { query } = request;
        if (query.q !== undefined) {
          reply.header('cache-control', UNSHARED_CACHE_CONTROL);
          return catalogue.searchPage(query.q, query);
        }
        const key = await catalogue.cacheKey(query);
        if (key === undefined) {
          reply.header('cache-control', UNSHARED_CACHE_CONTROL);
          return catalogue.page(query);
        }
        return sendCached(request, reply, {
          cache,
          key,
          load: () => catalogue.page(query),
          tags: () => [catalogueTag],
          absent: errors.courseUnknown,
        });
      },
    );

    app.get('/api/courses/:course', { schema: getCourseSchema }, async (request, reply) => {
      const { id } = await directory.course(request.params.course);
      return sendCached(request, reply, {
        cache,
        key: `course:${id}`,
        load: () => catalogue.detail(id),
        tags: () => [courseTag(id)],
        absentTags: [courseTag(id)],
        absent: errors.courseUnknown,
      });
    });
  };
}
