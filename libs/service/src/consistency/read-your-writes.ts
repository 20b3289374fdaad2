import { createSession, runInSession, type Session } from '@ganitagya/database';
import fp from 'fastify-plugin';
import type { PositionStore } from './position-store.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request has written, and what it must be able to read. */
    databaseSession: Session;
  }
}

/** Every request sees its own writes; a signed-in user's next requests see them too, wherever they land. */
export const readYourWrites = fp<{ readonly positions: PositionStore }>(
  async (app, { positions }) => {
    app.decorateRequest('databaseSession');
    app.addHook('onRequest', (request, _reply, done) => {
      request.databaseSession = createSession();
      runInSession(request.databaseSession, done);
    });
    // Reading the body leaves the asynchronous context of onRequest; the handler must be inside again.
    app.addHook('preHandler', (request, _reply, done) => runInSession(request.databaseSession, done));
    app.addHook('preValidation', async (request) => {
      if (request.principal === undefined) return;
      const position = await positions.load(request.principal.userId);
      if (position !== undefined) request.databaseSession.advance(position);
    });
    app.addHook('onSend', async (request) => {
      const { wrote, position } = request.databaseSession;
      if (wrote && position !== undefined && request.principal !== undefined) {
        await positions.save(request.principal.userId, position);
      }
    });
  },
  { name: 'read-your-writes', fastify: '5.x' },
);
