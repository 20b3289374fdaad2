import { createDatabase, migrate, provision } from '@ganitagya/database';
import { loadConfig, openService, platformConfig, type Platform } from '@ganitagya/service';
import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import fastify, { type LightMyRequestResponse } from 'fastify';
import { CompiledQuery, type Kysely } from 'kysely';
import { Type } from 'typebox';
import { authService } from '../app.ts';
import { authConfig, type AuthConfig } from '../config.ts';
import type { PublicJwks } from '../keys/public-jwk.ts';
import { migrations } from '../migrations/index.ts';
import type { Tokens } from '../sessions/session.service.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };

/** The secret that every test service encrypts its keys with, unless it is told another. */
export const KEY_SECRET = 'a secret of the tests, long enough for all';

/** A real Postgres with the schema of auth. */
export interface AuthDatabase {
  readonly cluster: PostgresCluster;
  /** As the service connects. */
  readonly url: string;
  readonly replicaUrls: readonly string[];
  /** As migrations connect. */
  readonly ownerUrl: string;
  /** As the superuser, for what no service may do. */
  readonly admin: Kysely<unknown>;
  /** A statement of the superuser. */
  query<Row>(text: string, values?: unknown[]): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/** An account made for one test, and signed in. */
export interface SignedUp extends Tokens {
  readonly email: string;
  readonly password: string;
}

/** The fields of every answer; one that an answer has not is undefined, which no assertion takes for a value. */
export interface AnswerBody extends Tokens {
  readonly code: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly keys: PublicJwks['keys'];
}

/** An answer of the service. */
export type Answer = Omit<LightMyRequestResponse, 'json'> & { json(): AnswerBody };

/** The whole service in this process, to inject requests into. */
export interface TestAuth {
  readonly platform: Platform<AuthConfig>;
  post(path: string, body?: object, address?: string, token?: string): Promise<Answer>;
  get(path: string, token?: string): Promise<Answer>;
  me(token?: string): Promise<Answer>;
  signUp(account?: { readonly email: string }): Promise<SignedUp>;
  eventually(condition: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** Starts Postgres for a test file; `migrated: false` leaves the schema empty. */
export async function startAuthDatabase({ migrated = true, replicas = 0 } = {}): Promise<AuthDatabase> {
  const cluster = await startPostgres({ replicas });
  const ownerUrl = cluster.primary.url('auth_owner', PASSWORDS.owner);
  try {
    await provision({ adminUrl: cluster.adminUrl, service: 'auth', passwords: PASSWORDS });
    if (migrated) await migrate({ url: ownerUrl, schema: 'auth', migrations });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const admin = createDatabase<unknown>({ primary: cluster.adminUrl, applicationName: 'auth-test' });
  return {
    cluster,
    url: cluster.primary.url('auth_app', PASSWORDS.app),
    replicaUrls: cluster.replicas.map((replica) => replica.url('auth_app', PASSWORDS.app)),
    ownerUrl,
    admin,
    query: async <Row>(text: string, values: unknown[] = []) =>
      (await admin.executeQuery<Row>(CompiledQuery.raw(text, values))).rows,
    stop: async () => {
      await admin.destroy();
      await cluster.stop();
    },
  };
}

/** One process of the service on a database; `env` overrides its settings. */
export async function openAuth(
  database: AuthDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<TestAuth> {
  const schema = Type.Object({ ...platformConfig.properties, ...authConfig.properties });
  const config = loadConfig(schema, {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    DATABASE_REPLICA_URLS: database.replicaUrls.join(','),
    KEY_ENCRYPTION_SECRET: KEY_SECRET,
    ...env,
  });
  const service = await openService(authService, config, fastify().log);
  const { app, platform } = service;
  const bearer = (token: string | undefined) =>
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  const auth: TestAuth = {
    platform,
    post: (path, body, remoteAddress = '127.0.0.1', token) =>
      app.inject({
        method: 'POST',
        url: `/api/auth${path}`,
        remoteAddress,
        ...(body === undefined ? {} : { payload: body }),
        ...bearer(token),
      }),
    get: (path, token) => app.inject({ url: `/api/auth${path}`, ...bearer(token) }),
    me: (token) => auth.get('/me', token),
    signUp: async (account = { email: `${crypto.randomUUID()}@example.in` }) => {
      const password = 'tamarind seeds rattle';
      const response = await auth.post('/register', { ...account, password, name: 'Asha Rao' });
      if (response.statusCode !== 201)
        throw new Error(`sign-up answered ${response.statusCode}: ${response.body}`);
      return { email: account.email, password, ...response.json() };
    },
    eventually: async (condition) => {
      await waitFor(condition, { timeoutMs: 30_000 });
    },
    close: () => service.close(),
  };
  return auth;
}
