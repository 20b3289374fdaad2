import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { provision } from '@ganitagya/database';
import {
  createTestIssuer,
  startPostgres,
  startProxy,
  startRedis,
  type FaultProxy,
  type PostgresCluster,
  type RedisServer,
} from '@ganitagya/testing';
import { run } from '../../run.ts';
import { startServer, type ServerProcess } from '../../server-process.ts';

const PASSWORDS = { owner: 'owner', app: 'app' };
const APPS = new URL('../../../../../apps/', import.meta.url);
const WORD_MS = 5;

/** Courses and the tutor, each in a process, and all that they need. */
export interface OutageWorld {
  readonly cluster: PostgresCluster;
  readonly redis: RedisServer;
  /** In front of the keys and of the model. */
  readonly keys: FaultProxy;
  readonly model: FaultProxy;
  readonly courses: ServerProcess;
  readonly tutor: ServerProcess;
  /** Authorization headers of so many new students, signed with the newest key. */
  signIn(count: number): Promise<string[]>;
  /** From now on tokens are signed with another key. */
  rotateKeys(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything, with two replicas and the content of this repository. */
export async function startOutageWorld(): Promise<OutageWorld> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  const proxyTo = async (port: number) => {
    const proxy = await startProxy({ port });
    stops.push(() => proxy.close());
    return proxy;
  };
  const start = async (folder: string, name: string, env: Readonly<Record<string, string>>) => {
    const args = [fileURLToPath(new URL(`${folder}/src/app.ts`, APPS)), name];
    const server = await startServer('service', { args, env });
    stops.push(() => server.stop());
    return server;
  };
  try {
    const cluster = await startPostgres({ replicas: 2 });
    stops.push(() => cluster.stop());
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const issuer = await createTestIssuer();
    const published = await issuer.serve();
    stops.push(() => published.close());
    const keys = await proxyTo(Number(new URL(published.url).port));
    const modelServer = await startModel();
    stops.push(() => closeServer(modelServer));
    const model = await proxyTo((modelServer.address() as AddressInfo).port);

    const envOf = async (service: string, folder: string) => {
      await provision({
        adminUrl: cluster.adminUrl,
        service,
        passwords: PASSWORDS,
        extensions: ['pg_trgm'],
      });
      const url = cluster.primary.url(`${service}_app`, PASSWORDS.app);
      const MIGRATION_DATABASE_URL = cluster.primary.url(`${service}_owner`, PASSWORDS.owner);
      const env = { DATABASE_URL: url, MIGRATION_DATABASE_URL, REDIS_URL: redis.url };
      await run(fileURLToPath(new URL(`${folder}/src/migrate.ts`, APPS)), env);
      return {
        ...env,
        DATABASE_REPLICA_URLS: cluster.replicas
          .map((replica) => replica.url(`${service}_app`, PASSWORDS.app))
          .join(','),
        AUTH_JWKS_URL: `http://127.0.0.1:${keys.port}${new URL(published.url).pathname}`,
        TRUST_PROXY: '127.0.0.1/32',
        LOG_LEVEL: 'silent',
        PORT: '0',
      };
    };
    const ofCourses = await envOf('courses', 'courses');
    await run(fileURLToPath(new URL('courses/src/import/main.ts', APPS)), ofCourses);
    const courses = await start('courses', 'courses', ofCourses);
    const tutor = await start('ai-tutor', 'tutor', {
      ...(await envOf('tutor', 'ai-tutor')),
      COURSES_URL: `http://127.0.0.1:${courses.port}`,
      TUTOR_LLM_URL: `http://127.0.0.1:${model.port}/v1`,
    });
    return {
      cluster,
      redis,
      keys,
      model,
      courses,
      tutor,
      signIn: (count) =>
        Promise.all(
          Array.from({ length: count }, async () => {
            const token = await issuer.sign({ userId: randomUUID(), role: 'student' }, { expiresInS: 3_600 });
            return `Bearer ${token}`;
          }),
        ),
      rotateKeys: () => issuer.rotate(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An OpenAI-compatible endpoint that says the same to everybody. */
async function startModel(): Promise<Server> {
  const chunk = (content: string, finish_reason: 'stop' | null) =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'x', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })}\n\n`;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('A quadratic equation has a square in it. ', null));
      setTimeout(() => response.end(`${chunk('', 'stop')}data: [DONE]\n\n`), WORD_MS);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
