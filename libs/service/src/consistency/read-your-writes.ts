import { createSession, currentSession, runInSession, type Session } from '@ganitagya/database';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { UserSession, UserSessions } from './user-sessions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request has written, and what it must be able to read. */
    databaseSession: Session;
    /** What the user's requests have in common; undefined for a request without a user. */
    userSession: UserSession | undefined;
  }
}

/** Every request sees its own writes; a signed-in user's next requests see them too, and all that they have seen. */
export const readYourWrites = fp<{ readonly users: UserSessions }>(
  async (app, { users }) => {
    app.decorateRequest('databaseSession');
    app.decorateRequest('userSession');
    app.addHook('onRequest', (request, _reply, done) => {
      request.databaseSession = createSession();
      runInSession(request.databaseSession, done, request.deadline);
    });
    app.addHook('preValidation', (request, reply, done) => {
      const entering = request.principal && users.enter(request.principal.userId);
      if (entering === undefined) {
        done();
        return;
      }
      entering.then((user) => {
        request.userSession = user;
        request.databaseSession = user.session;
        // Not onResponse: that does not come when the client goes away.
        if (reply.raw.closed) users.leave(user);
        else reply.raw.once('close', () => users.leave(user));
        done();
      }, done);
    });
    // The session is the user's now, or reading the body has left the asynchronous context of onRequest.
    app.addHook('preHandler', (request, _reply, done) => {
      if (currentSession() === request.databaseSession) done();
      else runInSession(request.databaseSession, done, request.deadline);
    });
    const saveWrites = ({ userSession }: FastifyRequest, done: (error?: Error) => void) => {
      const saving = userSession && users.saveWrites(userSession);
      if (saving === undefined) done();
      else saving.then(() => done(), done);
    };
    app.addHook('onSend', (request, _reply, _payload, done) => saveWrites(request, done));
    // A stream goes on writing after its head was sent.
    app.addHook('onResponse', (request, _reply, done) => saveWrites(request, done));
    app.addHook('onClose', async () => users.close());
  },
  { name: 'read-your-writes', fastify: '5.x' },
);
