import { randomUUID } from 'node:crypto';
import { createDatabase, migrate, provision, type Database } from '@ganitagya/database';
import { loadConfig, openService, platformConfig, type Platform, type Role } from '@ganitagya/service';
import {
  createTestIssuer,
  startPostgres,
  startRedis,
  type PostgresCluster,
  type RedisServer,
} from '@ganitagya/testing';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { Type } from 'typebox';
import { courses } from '../app.ts';
import { coursesConfig, type CoursesConfig } from '../config.ts';
import { migrations } from '../migrations/index.ts';
import type { CoursesSchema } from '../schema.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };

/** Real Postgres with the schema of courses, real Redis, and an issuer of tokens. */
export interface TestWorld {
  readonly cluster: PostgresCluster;
  readonly redis: RedisServer;
  /** The tables as the service sees them, on the primary. */
  readonly db: Database<CoursesSchema>;
  /** As the service connects. */
  readonly url: string;
  readonly replicaUrls: string;
  /** Authorization header of somebody new, or of `userId`. */
  signIn(role: Role, userId?: string): Promise<{ readonly authorization: string }>;
  /** One process of the service. */
  open(env?: Readonly<Record<string, string>>): Promise<TestCourses>;
  stop(): Promise<void>;
}

/** The service in this process. */
export interface TestCourses {
  readonly platform: Platform<CoursesConfig>;
  request(
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    options?: { readonly headers?: Record<string, string>; readonly body?: object },
  ): Promise<LightMyRequestResponse>;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** Starts the parts; `stop` ends them and every service that was opened. */
export async function startWorld({ replicas = 0 } = {}): Promise<TestWorld> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const cluster = await startPostgres({ replicas });
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
    await migrate({
      url: cluster.primary.url('courses_owner', PASSWORDS.owner),
      schema: 'courses',
      migrations,
    });
    const url = cluster.primary.url('courses_app', PASSWORDS.app);
    const replicaUrls = cluster.replicas
      .map((replica) => replica.url('courses_app', PASSWORDS.app))
      .join(',');
    const db = createDatabase<CoursesSchema>({ primary: url, applicationName: 'courses test' });
    stops.push(() => db.destroy());
    return {
      cluster,
      redis,
      db,
      url,
      replicaUrls,
      async signIn(role, userId = randomUUID()) {
        return { authorization: `Bearer ${await issuer.sign({ userId, role })}` };
      },
      async open(env = {}) {
        const opened = await open({
          NODE_ENV: 'test',
          DATABASE_URL: url,
          DATABASE_REPLICA_URLS: replicaUrls,
          REDIS_URL: redis.url,
          AUTH_JWKS_URL: keys.url,
          ...env,
        });
        stops.push(() => opened.close());
        return opened;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(env: Readonly<Record<string, string>>): Promise<TestCourses> {
  const schema = Type.Object({ ...platformConfig.properties, ...coursesConfig.properties });
  const service = await openService(courses, loadConfig(schema, env), pino({ level: 'silent' }));
  const request: TestCourses['request'] = (method, url, { headers, body } = {}) => {
    const options: InjectOptions = {
      method,
      url,
      ...(headers && { headers }),
      ...(body && { payload: body }),
    };
    return service.app.inject(options);
  };
  return {
    platform: service.platform,
    request,
    get: (url, headers) => request('GET', url, headers && { headers }),
    close: () => service.close(),
  };
}
