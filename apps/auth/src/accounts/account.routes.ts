import { principalOf, requireUser } from '@ganitagya/identity';
import { limitKey, ProblemBody, type ServiceRoutes } from '@ganitagya/service';
import { sessionEnded } from '../errors.ts';
import type { Executor } from '../schema.ts';
import { tokensFor } from '../sessions/tokens-for.ts';
import { TokensBody } from '../sessions/session.schemas.ts';
import { findSignedInUser } from './account.repository.ts';
import { RegisterBody, UserBody } from './account.schemas.ts';
import type { RegistrationService } from './registration.service.ts';

/** Registration, open to everybody. */
export function registrationRoutes(registration: RegistrationService): ServiceRoutes {
  return async (app) => {
    app.post(
      '/register',
      {
        schema: {
          summary: 'Make an account and sign in',
          body: RegisterBody,
          response: {
            201: TokensBody,
            400: ProblemBody,
            403: ProblemBody,
            409: ProblemBody,
            429: ProblemBody,
            503: ProblemBody,
          },
        },
      },
      async (request, reply) => {
        const { role = 'student', ...rest } = request.body;
        const signedIn = await registration.register({ ...rest, role }, limitKey(request));
        return reply.code(201).send(tokensFor(request, signedIn));
      },
    );
  };
}

/** The signed-in user's own account; needs the identity plugin. */
export function accountRoutes(database: Executor): ServiceRoutes {
  return async (app) => {
    app.get(
      '/me',
      {
        onRequest: requireUser(),
        schema: {
          summary: 'Who am I?',
          security: [{ token: [] }],
          response: { 200: UserBody, 401: ProblemBody, 429: ProblemBody, 503: ProblemBody },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const user =
          (await findSignedInUser(database, principal)) ??
          // A replica may not know a session yet that began a moment ago in another process.
          (await database.transaction().execute((primary) => findSignedInUser(primary, principal)));
        if (user === undefined) throw sessionEnded();
        return user;
      },
    );
  };
}
