import { createSession, runInSession, type Session } from '@ganitagya/database';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { PositionStore } from './position-store.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request has written, and what it must be able to read. */
    databaseSession: Session;
    /** The position that the user's next requests know of. */
    rememberedPosition: string | undefined;
  }
}

/** Every request sees its own writes; a signed-in user's next requests see them too, wherever they land. */
export const readYourWrites = fp<{ readonly positions: PositionStore }>(
  async (app, { positions }) => {
    app.decorateRequest('databaseSession');
    app.decorateRequest('rememberedPosition');
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
    const remember = async (request: FastifyRequest) => {
      const { wrote, position } = request.databaseSession;
      if (!wrote || position === undefined || request.principal === undefined) return;
      if (position === request.rememberedPosition) return;
      request.rememberedPosition = position;
      await positions.save(request.principal.userId, position);
    };
    app.addHook('onSend', remember);
    // A stream goes on writing after its head was sent.
    app.addHook('onResponse', remember);
  },
  { name: 'read-your-writes', fastify: '5.x' },
);
