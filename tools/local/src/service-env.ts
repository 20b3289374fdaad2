import type { Data } from './data.ts';
import type { Schema, Secrets } from './state.ts';

/** The services, the schema of each, and its process settings. */
export const SERVICES = [
  { app: 'auth', schema: 'auth' },
  { app: 'courses', schema: 'courses' },
  { app: 'ai-tutor', schema: 'tutor' },
] as const satisfies readonly { readonly app: string; readonly schema: Schema }[];

export type Service = (typeof SERVICES)[number];

/** Settings that the developer's own environment may override or add (a model's address, a log level). */
const PASSED_ON = ['LOG_LEVEL', 'TUTOR_LLM_URL', 'TUTOR_LLM_MODEL', 'TUTOR_LLM_KEY'] as const;

/** The environment of a service's processes. */
export function serviceEnv(
  { app, schema }: Service,
  data: Data,
  secrets: Secrets,
  edgeUrl: string,
  compileCache: string,
): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    NODE_ENV: 'development',
    NODE_COMPILE_CACHE: compileCache,
    HOST: '127.0.0.1',
    TRUST_PROXY: '127.0.0.1',
    DATABASE_URL: data.url(schema, 'app'),
    DATABASE_REPLICA_URLS: data.replicaUrls(schema).join(','),
    ...(data.redis === undefined ? {} : { REDIS_URL: data.redis.url }),
    AUTH_JWKS_URL: `${edgeUrl}/api/auth/.well-known/jwks.json`,
    ...(app === 'ai-tutor' ? { COURSES_URL: edgeUrl } : {}),
    ...(app === 'auth' ? { KEY_ENCRYPTION_SECRET: secrets.keyEncryption } : {}),
    ...Object.fromEntries(passedOn),
  };
}
