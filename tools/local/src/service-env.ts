import { availableParallelism } from 'node:os';
import type { Data } from './data.ts';
import type { Schema, Secrets } from './state.ts';

/** The services, the schema of each, and its process settings. */
export const SERVICES = [
  { app: 'auth', schema: 'auth' },
  { app: 'courses', schema: 'courses' },
  { app: 'ai-tutor', schema: 'tutor' },
] as const satisfies readonly { readonly app: string; readonly schema: Schema }[];

export type Service = (typeof SERVICES)[number];

/** Settings that the developer's own environment may override or add (a model's address). */
const PASSED_ON = ['TUTOR_LLM_URL', 'TUTOR_LLM_MODEL', 'TUTOR_LLM_KEY'] as const;

/** A process tells that it listens at level `info`: with a quieter log it would be taken for one that hangs. */
const LOG_LEVELS = ['trace', 'debug', 'info'];

/** Together the processes hash on as many cores as there are; more would only take time from their event loops. */
function hashing(instances: number): string {
  return String(Math.max(1, Math.floor(availableParallelism() / instances)));
}

/** The environment of each of a service's `instances` processes. */
export function serviceEnv(
  { app, schema }: Service,
  data: Data,
  secrets: Secrets,
  edgeUrl: string,
  instances: number,
): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: LOG_LEVELS.find((level) => level === process.env['LOG_LEVEL']) ?? 'info',
    HOST: '127.0.0.1',
    TRUST_PROXY: '127.0.0.1',
    DATABASE_URL: data.url(schema, 'app'),
    DATABASE_REPLICA_URLS: data.replicaUrls(schema).join(','),
    ...(data.redis === undefined ? {} : { REDIS_URL: data.redis.url }),
    AUTH_JWKS_URL: `${edgeUrl}/api/auth/.well-known/jwks.json`,
    ...(app === 'ai-tutor' ? { COURSES_URL: edgeUrl } : {}),
    ...(app === 'auth'
      ? { KEY_ENCRYPTION_SECRET: secrets.keyEncryption, HASH_CONCURRENCY: hashing(instances) }
      : {}),
    ...Object.fromEntries(passedOn),
  };
}
