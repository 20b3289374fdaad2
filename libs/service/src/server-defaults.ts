import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PositionStore } from './consistency/position-store.ts';
import { readYourWrites } from './consistency/read-your-writes.ts';
import { UserSessions } from './consistency/user-sessions.ts';
import type { RunningPlatform } from './create-platform.ts';
import { httpCaching } from './http/http-caching.ts';
import { httpMetrics } from './http/http-metrics.ts';
import { openApi } from './http/openapi.ts';
import { securityHeaders } from './http/security-headers.ts';
import { rateLimits } from './limits/rate-limits.ts';
import { tracedRequests } from './tracing/traced-requests.ts';

/** What a server adds to each of its routes, by name, in the order in which a request meets it. */
export type ServerDefaults = Readonly<Record<string, (app: FastifyInstance) => unknown>>;

/** All that every service has. */
export function serverDefaults(
  { platform, windows, database }: RunningPlatform<unknown>,
  { docsPath }: { readonly docsPath: string },
): ServerDefaults {
  const { config, metrics, name, redis } = platform;
  return {
    headers: (app) =>
      app.addHook('onRequest', (request, reply, done) => {
        introduce(request, reply);
        done();
      }),
    metrics: (app) => app.register(httpMetrics, { metrics }),
    caching: (app) => app.register(httpCaching),
    tracing: (app) => app.register(tracedRequests),
    consistency: (app) =>
      app.register(readYourWrites, {
        users: new UserSessions(new PositionStore(redis, `reached:${name}:`), database),
      }),
    limits: (app) =>
      app.register(rateLimits, {
        windows,
        userPerMinute: config.RATE_LIMIT_USER_PER_MINUTE,
        addressPerMinute: config.RATE_LIMIT_ADDRESS_PER_MINUTE,
      }),
    openapi: (app) => app.register(openApi, { title: name, path: docsPath }),
  };
}

/** The headers of every answer. */
export function introduce(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders).header('x-request-id', request.id);
}
