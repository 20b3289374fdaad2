import type { Verifier } from '@ganitagya/identity';
import { limitKey, ProblemBody, type ServiceRoutes } from '@ganitagya/service';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { accessTokenInvalid, tokenMissing } from '../errors.ts';
import type { SessionService } from './session.service.ts';
import { LoginBody, LogoutBody, RefreshBody, TokensBody } from './session.schemas.ts';
import type { SignInService } from './sign-in.service.ts';
import { tokensFor } from './tokens-for.ts';

/** What the session routes use. */
export interface SessionRoutesOptions {
  readonly signIn: SignInService;
  readonly sessions: SessionService;
  readonly verifier: Verifier;
}

const problems = { 400: ProblemBody, 401: ProblemBody, 429: ProblemBody, 503: ProblemBody };
const BEARER = /^Bearer +(\S+)$/iu;

/**
 * Login, refresh and logout. They stand outside the identity plugin: a client that sends its expired access token along
 * with its refresh token must not be turned away for it.
 */
export function sessionRoutes({ signIn, sessions, verifier }: SessionRoutesOptions): ServiceRoutes {
  return async (app) => {
    app.post(
      '/login',
      {
        schema: {
          summary: 'Sign in with e-mail address and password',
          body: LoginBody,
          response: { 200: TokensBody, ...problems },
        },
      },
      async (request) => {
        const { email, password } = request.body;
        return tokensFor(request, await signIn.signIn(email, password, limitKey(request)));
      },
    );

    app.post(
      '/refresh',
      {
        schema: {
          summary: 'Exchange a refresh token for new tokens',
          body: RefreshBody,
          response: { 200: TokensBody, ...problems },
        },
      },
      async (request) => tokensFor(request, await sessions.refresh(request.body.refreshToken)),
    );

    app.post(
      '/logout',
      {
        schema: {
          summary: 'End the session of the refresh token, or else of the access token',
          security: [{ token: [] }, {}],
          body: LogoutBody,
          response: { 204: Type.Null(), ...problems },
        },
      },
      async (request, reply) => {
        const refreshToken = request.body?.refreshToken;
        if (refreshToken !== undefined) await sessions.endByRefreshToken(refreshToken);
        else await sessions.end(await sessionOf(request, verifier));
        return reply.code(204).send(null);
      },
    );
  };
}

async function sessionOf(request: FastifyRequest, verifier: Verifier): Promise<string> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw tokenMissing();
  try {
    request.principal = await verifier.verify(token);
  } catch (error) {
    throw accessTokenInvalid(error);
  }
  return request.principal.sessionId;
}
