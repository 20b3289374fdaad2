import type { FastifyInstance } from 'fastify';
import { PositionStore } from './consistency/position-store.ts';
import { readYourWrites } from './consistency/read-your-writes.ts';
import { UserSessions } from './consistency/user-sessions.ts';
import type { RunningPlatform } from './create-platform.ts';
import { deadlines } from './deadlines/deadlines.ts';
import { httpCaching } from './http/http-caching.ts';
import { httpMetrics } from './http/http-metrics.ts';
import { introduce } from './http/introduce.ts';
import { openApi } from './http/openapi.ts';
import { rateLimits } from './limits/rate-limits.ts';
import { overload } from './overload/overload.ts';
import { tracedRequests } from './tracing/traced-requests.ts';

/** What a server adds to each of its routes, by name, in the order in which a request meets it. */
export type ServerDefaults = Readonly<Record<string, (app: FastifyInstance) => unknown>>;

/** All that every service has. */
export function serverDefaults(
  { platform, windows, database, tracing }: RunningPlatform<unknown>,
  { docsPath }: { readonly docsPath: string },
): ServerDefaults {
  const { config, metrics, name, redis } = platform;
  return {
    overload: (app) =>
      app.register(overload, { metrics, docsPath, onHealth: (...check) => platform.onHealth(...check) }),
    headers: (app) =>
      app.addHook('onRequest', (request, reply, done) => {
        introduce(request, reply);
        done();
      }),
    deadlines: (app) => app.register(deadlines, { timeoutMs: config.REQUEST_TIMEOUT_MS, metrics }),
    metrics: (app) => app.register(httpMetrics, { metrics }),
    caching: (app) => app.register(httpCaching),
    tracing: (app) => app.register(tracedRequests, { tracing }),
    consistency: (app) =>
      app.register(readYourWrites, {
        users: new UserSessions(new PositionStore(redis, `reached:${name}:`), database),
      }),
    limits: (app) =>
      app.register(rateLimits, {
        windows,
        onRefused: (by) => metrics.limits.refused(by),
        userPerMinute: config.RATE_LIMIT_USER_PER_MINUTE,
        addressPerMinute: config.RATE_LIMIT_ADDRESS_PER_MINUTE,
      }),
    openapi: (app) => app.register(openApi, { title: name, path: docsPath }),
  };
}
