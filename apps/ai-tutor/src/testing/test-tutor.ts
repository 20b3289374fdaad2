import { migrate, provision } from '@ganitagya/database';
import { loadConfig, openService, platformConfig, type Platform } from '@ganitagya/service';
import { createTestIssuer, startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import type { LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { Type } from 'typebox';
import { tutor } from '../app.ts';
import type { Answer } from '../answers/answer.ts';
import { tutorConfig, type TutorConfig } from '../config.ts';
import { migrations } from '../migrations/index.ts';
import { startLessonFeed, type LessonFeed } from './lesson-feed.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };

/** A real Postgres with the schema of the tutor. */
export interface TutorDatabase {
  readonly cluster: PostgresCluster;
  readonly url: string;
  readonly ownerUrl: string;
}

export async function startTutorDatabase(): Promise<TutorDatabase> {
  const cluster = await startPostgres();
  try {
    await provision({
      adminUrl: cluster.adminUrl,
      service: 'tutor',
      passwords: PASSWORDS,
      extensions: ['pg_trgm'],
    });
    const ownerUrl = cluster.primary.url('tutor_owner', PASSWORDS.owner);
    await migrate({ url: ownerUrl, schema: 'tutor', migrations });
    return { cluster, ownerUrl, url: cluster.primary.url('tutor_app', PASSWORDS.app) };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** The whole service in this process, with a feed of lessons and tokens of its own. */
export interface TestTutor {
  readonly platform: Platform<TutorConfig>;
  readonly feed: LessonFeed;
  readonly address: string;
  ask(body: object, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  answer(question: string, more?: object, headers?: Record<string, string>): Promise<Answer>;
  request(
    method: 'GET' | 'DELETE',
    path: string,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  /** The headers of a student who is signed in. */
  signedIn(userId?: string): Promise<Record<string, string>>;
  /** Waits until the index knows the lessons of the feed. */
  lessonsRead(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the service on a database; `env` overrides its settings. */
export async function openTutor(
  database: TutorDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<TestTutor> {
  const feed = await startLessonFeed();
  const issuer = await createTestIssuer();
  const jwks = await issuer.serve();
  const config = loadConfig(Type.Object({ ...platformConfig.properties, ...tutorConfig.properties }), {
    NODE_ENV: 'test',
    PORT: '0',
    DATABASE_URL: database.url,
    AUTH_JWKS_URL: jwks.url,
    COURSES_URL: feed.url,
    TUTOR_FEED_INTERVAL_MS: '200',
    // The machine of a test may be busy; that solving takes long is another test's affair.
    TUTOR_SOLVER_TIME_LIMIT_MS: '20000',
    TUTOR_SOLVER_WAIT_MAX_MS: '30000',
    ...env,
  });
  const service = await openService(tutor, config, pino({ level: 'silent' }));
  const address = await service.listen();
  const { app, platform } = service;
  const testTutor: TestTutor = {
    platform,
    feed,
    address,
    ask: (body, headers = {}) =>
      app.inject({ method: 'POST', url: '/api/ai/tutor/ask', payload: body, headers }),
    async answer(question, more = {}, headers = {}) {
      const response = await testTutor.ask({ question, ...more }, headers);
      if (response.statusCode !== 200)
        throw new Error(`asking answered ${response.statusCode}: ${response.body}`);
      return response.json<Answer>();
    },
    request: (method, path, headers = {}) => app.inject({ method, url: `/api/ai/tutor${path}`, headers }),
    signedIn: async (userId = crypto.randomUUID()) => ({
      authorization: `Bearer ${await issuer.sign({ userId, role: 'student' })}`,
    }),
    lessonsRead: async () => {
      const read = async () => (await testTutor.answer('Explain quadratic equations')).source === 'lessons';
      await waitFor(read, { timeoutMs: 30_000, what: 'the lessons' });
    },
    close: async () => {
      await service.close();
      await Promise.all([feed.close(), jwks.close()]);
    },
  };
  return testTutor;
}
