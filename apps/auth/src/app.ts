import { identity } from '@ganitagya/identity';
import type { Platform, ServiceDefinition, ServiceRoutes } from '@ganitagya/service';
import { accountRoutes, registrationRoutes } from './accounts/account.routes.ts';
import { authConfig, type AuthConfig } from './config.ts';
import { createDependencies } from './dependencies.ts';
import { keyRoutes } from './keys/key.routes.ts';
import { sessionRoutes } from './sessions/session.routes.ts';

const prefix = '/api/auth';

/** The auth service. */
export const authService: ServiceDefinition<typeof authConfig> = {
  name: 'auth',
  config: authConfig,
  docsPath: `${prefix}/docs`,
  build,
};

async function build(platform: Platform<AuthConfig>): Promise<ServiceRoutes> {
  const { database, keys, verifier, sessions, signIn, registration } = await createDependencies(platform);
  return async (app) => {
    // Open to everybody.
    await app.register(registrationRoutes(registration), { prefix });
    await app.register(sessionRoutes({ signIn, sessions, verifier }), { prefix });
    await app.register(keyRoutes(keys), { prefix });

    // For whoever is signed in.
    await app.register(async (scope) => {
      await scope.register(identity, { verifier });
      await scope.register(accountRoutes(database), { prefix });
    });
  };
}
