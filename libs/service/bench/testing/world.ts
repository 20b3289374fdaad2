import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { provision } from '@ganitagya/database';
import { createTestIssuer, startPostgres, startRedis } from '@ganitagya/testing';
import { run } from '../run.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };
const COURSES = new URL('../../../../apps/courses/src/', import.meta.url);

/** The parts that the courses service needs, with its content. */
export type World = {
  /** The settings of the service. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its definition is. */
  readonly module: string;
  /** Authorization headers of so many students. */
  signIn(count: number): Promise<string[]>;
  stop(): Promise<void>;
};

/** Starts Postgres, Redis and an issuer of tokens; migrates and imports with the scripts of the service. */
export async function startWorld(): Promise<World> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const cluster = await startPostgres({ replicas: 0 });
    stops.push(() => cluster.stop());
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const issuer = await createTestIssuer();
    const keys = await issuer.serve();
    stops.push(() => keys.close());
    await provision({
      adminUrl: cluster.adminUrl,
      service: 'courses',
      passwords: PASSWORDS,
      extensions: ['pg_trgm'],
    });
    const env = {
      DATABASE_URL: cluster.primary.url('courses_app', PASSWORDS.app),
      MIGRATION_DATABASE_URL: cluster.primary.url('courses_owner', PASSWORDS.owner),
      REDIS_URL: redis.url,
      AUTH_JWKS_URL: keys.url,
    };
    await run(fileURLToPath(new URL('migrate.ts', COURSES)), env);
    await run(fileURLToPath(new URL('import/main.ts', COURSES)), env);
    return {
      env: { ...env, PORT: '0', TRUST_PROXY: '127.0.0.1/32' },
      module: fileURLToPath(new URL('app.ts', COURSES)),
      signIn: (count) =>
        Promise.all(
          Array.from({ length: count }, async () => {
            const token = await issuer.sign({ userId: randomUUID(), role: 'student' }, { expiresInS: 3_600 });
            return `Bearer ${token}`;
          }),
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
