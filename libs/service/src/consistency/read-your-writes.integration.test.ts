import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test, type TestContext } from 'node:test';
import { provision } from '@ganitagya/database';
import {
  startPostgres,
  startRedis,
  waitFor,
  type PostgresCluster,
  type RedisServer,
} from '@ganitagya/testing';
import { pino } from 'pino';
import { Type } from 'typebox';
import { loadConfig } from '../config/load-config.ts';
import { platformConfig } from '../config/platform-config.ts';
import { openService } from '../open-service.ts';
import type { ServiceDefinition } from '../platform.ts';

interface Notes {
  readonly note: { readonly owner: string; readonly text: string };
}

/** `POST /notes` writes for the user in `x-user`, `GET /notes` reads them. */
const notes: ServiceDefinition<ReturnType<typeof Type.Object>> = {
  name: 'notes',
  config: Type.Object({}),
  docsPath: '/docs',
  build: (platform) => async (app) => {
    const db = platform.database<Notes>();
    app.addHook('onRequest', async (request) => {
      const userId = String(request.headers['x-user']);
      request.principal = { userId, sessionId: 's', role: 'student', expiresAt: Number.MAX_SAFE_INTEGER };
    });
    app.post('/notes', { schema: { body: Type.Object({ text: Type.String() }) } }, async (request) => {
      const owner = String(request.principal?.userId);
      await db.insertInto('note').values({ owner, text: request.body.text }).execute();
      return db.selectFrom('note').select('text').where('owner', '=', owner).execute();
    });
    app.post('/notes/streamed', (request, reply) => {
      const owner = String(request.principal?.userId);
      const add = async function* () {
        yield 'saving, ';
        await db.insertInto('note').values({ owner, text: 'streamed' }).execute();
        yield 'saved';
      };
      return reply.type('text/plain').send(Readable.from(add()));
    });
    app.get('/notes', async (request) => {
      const owner = String(request.principal?.userId);
      return db.selectFrom('note').select('text').where('owner', '=', owner).execute();
    });
  },
};

describe('read your own writes, on replicas that replay 400 ms late', () => {
  let cluster: PostgresCluster;
  let redis: RedisServer;
  let url: string;

  before(async () => {
    [cluster, redis] = await Promise.all([startPostgres({ replicas: 2 }), startRedis()]);
    const passwords = { owner: 'owner-password', app: 'app-password' };
    await provision({ adminUrl: cluster.adminUrl, service: 'notes', passwords });
    await cluster.primary.query('create table notes.note (owner text not null, text text not null)');
    await cluster.primary.query('grant select, insert on notes.note to notes_app');
    await Promise.all(cluster.replicas.map((replica) => replica.catchUpWith(cluster.primary)));
    await Promise.all(cluster.replicas.map((replica) => replica.setReplayDelay(400)));
    url = cluster.primary.url('notes_app', passwords.app);
  });
  after(() => Promise.all([cluster.stop(), redis.stop()]));

  async function open(t: TestContext) {
    const env = {
      DATABASE_URL: url,
      DATABASE_REPLICA_URLS: cluster.replicas
        .map((replica) => replica.url('notes_app', 'app-password'))
        .join(),
      REDIS_URL: redis.url,
      PORT: '0',
    };
    const service = await openService(notes, loadConfig(platformConfig, env), pino({ level: 'silent' }));
    t.after(() => service.close());
    await waitFor(() => service.platform.redis?.status === 'ready', { what: 'Redis' });
    const post = async (user: string, text: string) =>
      (
        await service.app.inject({
          method: 'POST',
          url: '/notes',
          headers: { 'x-user': user },
          payload: { text },
        })
      ).json<readonly { text: string }[]>().length;
    const get = async (user: string) =>
      (await service.app.inject({ url: '/notes', headers: { 'x-user': user } })).json<readonly unknown[]>()
        .length;
    return { service, post, get };
  }

  test('within the request, after a body was read', async (t) => {
    const { post } = await open(t);
    for (let i = 1; i <= 20; i += 1) assert.equal(await post('within', `note ${i}`), i);
  });

  test('in the next request of the same user, on this process and on another', async (t) => {
    const [a, b] = [await open(t), await open(t)];
    for (let i = 1; i <= 20; i += 1) {
      await a.post('across', `note ${i}`);
      assert.equal(await a.get('across'), i, `own process, write ${i}`);
      assert.equal(await b.get('across'), i, `other process, write ${i}`);
    }
  });

  test('in the next request after a stream that wrote while it was sent', async (t) => {
    const { get, service } = await open(t);
    for (let i = 1; i <= 10; i += 1) {
      const url = '/notes/streamed';
      const answer = await service.app.inject({ method: 'POST', url, headers: { 'x-user': 'streaming' } });
      assert.equal(answer.body, 'saving, saved');
      assert.equal(await get('streaming'), i);
    }
  });

  test('and in the same process while Redis is out', async (t) => {
    const { post, get, service } = await open(t);
    await redis.kill();
    t.after(() => redis.start());
    await waitFor(() => service.platform.redis?.status !== 'ready', { what: 'the end of Redis' });
    for (let i = 1; i <= 10; i += 1) {
      await post('alone', `note ${i}`);
      assert.equal(await get('alone'), i);
    }
  });

  test('others read from replicas meanwhile', async (t) => {
    const { post, get, service } = await open(t);
    const hosts = new Map<string, number>();
    service.platform
      .database()
      .events.on('query', ({ route }) => hosts.set(route, (hosts.get(route) ?? 0) + 1));
    await post('writer', 'one');
    for (let i = 0; i < 20; i += 1) await get(`stranger-${i}`);
    assert.ok((hosts.get('replica') ?? 0) >= 20, JSON.stringify([...hosts]));
  });
});
