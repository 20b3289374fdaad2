import { cacheControl, ProblemBody, type CacheRule, type ServiceRoutes } from '@ganitagya/service';
import type { KeyStore } from './key-store.ts';
import { PublicJwks } from './public-jwk.ts';

const FIVE_MINUTES_S = 300;

/** Shorter than a new key is announced before it signs, by far. */
const keysRule: CacheRule = {
  browserS: FIVE_MINUTES_S,
  cdnS: FIVE_MINUTES_S,
  staleS: 0,
  immutable: false,
  paths: ['/api/auth/.well-known/jwks.json'],
  extensions: [],
};

/** The public keys (a JWK set), for whoever verifies access tokens. */
export function keyRoutes(keys: KeyStore): ServiceRoutes {
  return async (app) => {
    app.get(
      '/.well-known/jwks.json',
      {
        // Without them nobody's token can be verified.
        config: { priority: 'critical' },
        schema: {
          summary: 'The public keys of access tokens',
          response: { 200: PublicJwks, 429: ProblemBody },
        },
      },
      async (_request, reply) => {
        void reply.header('cache-control', cacheControl(keysRule));
        return keys.published();
      },
    );
  };
}
