import { problem } from '@ganitagya/service';
import fp from 'fastify-plugin';
import { KeysUnavailableError } from './published-keys.ts';
import type { Verifier } from './verifier.ts';

const BEARER = /^Bearer +([\w~+/.-]+=*)$/iu;
const TOKEN_LENGTH_MAX = 4_096;

/**
 * Names the principal of every request that carries a bearer token. A bad token is a 401 on every route, public ones
 * included: the client should learn that it must refresh. Register it before the routes.
 */
export const identity = fp<{ readonly verifier: Verifier }>(
  async (app, { verifier }) => {
    const closing = new AbortController();
    app.addHook('onListen', async () => void verifier.prefetch(closing.signal));
    app.addHook('onClose', async () => closing.abort());
    app.addHook('onRequest', async (request) => {
      const { authorization } = request.headers;
      if (authorization === undefined) return;
      const token = BEARER.exec(authorization)?.[1];
      if (token === undefined || token.length > TOKEN_LENGTH_MAX) throw invalidToken();
      try {
        request.principal = await verifier.verify(token);
      } catch (error) {
        if (error instanceof KeysUnavailableError) {
          throw problem.unavailable(error.code, 'Sign-in cannot be checked right now.', 5, error);
        }
        throw invalidToken(error);
      }
    });
  },
  { name: 'identity', fastify: '5.x' },
);

function invalidToken(cause?: unknown) {
  return problem.unauthorized('identity.token_invalid', 'The access token is not valid or has expired.', {
    cause,
  });
}
