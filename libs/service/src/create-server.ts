import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Static, TObject } from 'typebox';
import { splitList } from './config/load-config.ts';
import type { RunningPlatform } from './create-platform.ts';
import { handleProblems, sendProblem, toProblem } from './errors/problem-handler.ts';
import { ProblemBody } from './errors/problem-schema.ts';
import { buildValidator } from './http/build-validator.ts';
import { introduce } from './http/introduce.ts';
import { SharedPortServer } from './http/listeners/shared-port-server.ts';
import { requestId } from './http/request-id.ts';
import { trustedProxies } from './http/trusted-proxies.ts';
import { RequestLog } from './http/request-log.ts';
import type { ServiceDefinition } from './platform.ts';
import { Answer } from './overload/answer.ts';
import type { ServerDefaults } from './server-defaults.ts';

/** Longer than the edge keeps an idle connection, so that it is never the service that closes first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Builds the HTTP server of a service, ready to listen or to be injected into. */
export async function createServer<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  running: RunningPlatform<Static<Schema>>,
  log: FastifyBaseLogger,
  defaults: ServerDefaults,
): Promise<FastifyInstance> {
  const { platform } = running;
  const { config } = platform;
  const trusted = splitList(config.TRUST_PROXY);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent, bindings, options) => new RequestLog(parent, bindings, options),
    genReqId: requestId,
    trustProxy: trusted.length === 0 ? false : trustedProxies(trusted),
    // What still comes on an open connection while the server closes is answered like the rest.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      introduce(request, reply);
      void sendProblem(request, reply, toProblem(error));
    },
    bodyLimit: config.BODY_LIMIT_BYTES,
    serverFactory: (onRequest) =>
      new SharedPortServer(
        {
          ServerResponse: Answer,
          requestTimeout: REQUEST_TIMEOUT_MS,
          keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        },
        onRequest,
      ),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    schemaController: { compilersFactory: { buildValidator } },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  handleProblems(app);
  app.addSchema(ProblemBody);
  app.decorateRequest('principal');
  for (const add of Object.values(defaults)) await add(app);
  await app.register(await definition.build(platform));
  await app.ready();
  return app;
}
