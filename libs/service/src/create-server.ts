import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Static, TObject } from 'typebox';
import { splitList } from './config/load-config.ts';
import { readYourWrites } from './consistency/read-your-writes.ts';
import { PositionStore } from './consistency/position-store.ts';
import { UserSessions } from './consistency/user-sessions.ts';
import type { RunningPlatform } from './create-platform.ts';
import { handleProblems, sendProblem, toProblem } from './errors/problem-handler.ts';
import { ProblemBody } from './errors/problem-schema.ts';
import { buildValidator } from './http/build-validator.ts';
import { httpCaching } from './http/http-caching.ts';
import { httpMetrics } from './http/http-metrics.ts';
import { openApi } from './http/openapi.ts';
import { requestId } from './http/request-id.ts';
import { securityHeaders } from './http/security-headers.ts';
import { rateLimits } from './limits/rate-limits.ts';
import type { ServiceDefinition } from './platform.ts';
import { tracedRequests } from './tracing/traced-requests.ts';

/** Longer than the edge keeps an idle connection, so that it is never the service that closes first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Builds the HTTP server of a service, ready to listen or to be injected into. */
export async function createServer<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  running: RunningPlatform<Static<Schema>>,
  log: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const { platform, health, counter, database } = running;
  const { config } = platform;
  const trusted = splitList(config.TRUST_PROXY);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    trustProxy: trusted.length === 0 ? false : [...trusted],
    // What still comes on an open connection while the server closes is answered like the rest.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      introduce(request, reply);
      void sendProblem(request, reply, toProblem(error));
    },
    bodyLimit: config.BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    schemaController: { compilersFactory: { buildValidator } },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  handleProblems(app);
  app.addSchema(ProblemBody);
  app.decorateRequest('principal');
  app.addHook('onRequest', (request, reply, done) => {
    introduce(request, reply);
    done();
  });
  // While draining, clients must let go of their connections (the server no longer outlives their next request).
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (health.state === 'draining') reply.header('connection', 'close');
    done();
  });
  await app.register(httpMetrics, { metrics: platform.metrics });
  await app.register(httpCaching);
  await app.register(tracedRequests);
  await app.register(readYourWrites, {
    users: new UserSessions(new PositionStore(platform.redis, `reached:${platform.name}:`), database),
  });
  await app.register(rateLimits, {
    counter,
    userPerMinute: config.RATE_LIMIT_USER_PER_MINUTE,
    addressPerMinute: config.RATE_LIMIT_ADDRESS_PER_MINUTE,
  });
  await app.register(openApi, { title: platform.name, path: definition.docsPath });
  await app.register(await definition.build(platform));
  await app.ready();
  return app;
}

/** The headers of every answer. */
function introduce(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders).header('x-request-id', request.id);
}
