import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { documentationContentSecurityPolicy } from './security-headers.ts';
import { requiresToken } from './token-required.ts';

/** OpenAPI 3.1 from the route schemas, with a page to browse it at `path`. Register before the routes. */
export const openApi = fp<{ readonly title: string; readonly path: string }>(
  async (app, { title, path }) => {
    await app.register(fastifySwagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: `Ganitagya ${title}`, version: '1' },
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      },
      transform: ({ schema, url, route }) => ({
        schema: requiresToken(route.onRequest) ? { ...schema, security: [{ token: [] }] } : schema,
        url,
      }),
    });
    await app.register(async (scope) => {
      scope.addHook('onSend', async (_request, reply) => {
        reply.header('content-security-policy', documentationContentSecurityPolicy);
      });
      await scope.register(fastifySwaggerUi, { routePrefix: path, uiConfig: { deepLinking: true } });
    });
  },
  { name: 'openapi', fastify: '5.x' },
);
