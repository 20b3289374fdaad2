import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { createRedis, type Redis } from '@ganitagya/cache';
import { createDatabase, type Database } from '@ganitagya/database';
import {
  startPostgres,
  startRedis,
  waitFor,
  type PostgresCluster,
  type RedisServer,
} from '@ganitagya/testing';
import fastify, { type FastifyInstance } from 'fastify';
import '../principal.ts';
import { PositionStore } from './position-store.ts';
import { readYourWrites } from './read-your-writes.ts';
import { UserSessions } from './user-sessions.ts';

const LATE_MS = 400;
const READS = 300;
const REDIS_BUDGET_MS = 5_000;

interface Counters {
  readonly counter: { readonly name: string; readonly value: number };
}

/** A process in small. Redis is given all the time of a busy machine: without it, other processes are not heard of. */
interface Process {
  readonly app: FastifyInstance;
  readonly db: Database<Counters>;
  readonly redis: Redis;
}

/** `GET /value` reads a counter that somebody counts up all the time, `POST /own` sets one of one's own. */
async function openProcess(cluster: PostgresCluster, redisUrl: string): Promise<Process> {
  const redis = createRedis(redisUrl, { commandTimeoutMs: REDIS_BUDGET_MS });
  const db = createDatabase<Counters>({
    primary: cluster.primary.url(),
    replicas: cluster.replicas.map((host) => host.url()),
    applicationName: 'counter',
  });
  const positions = new PositionStore(redis, 'reached:', REDIS_BUDGET_MS);
  const app = fastify();
  app.decorateRequest('principal');
  app.addHook('onRequest', async (request) => {
    const userId = request.headers['x-user'];
    if (typeof userId === 'string')
      request.principal = { userId, sessionId: 's', role: 'student', expiresAt: Number.MAX_SAFE_INTEGER };
  });
  await app.register(readYourWrites, { users: new UserSessions(positions, () => db as Database<unknown>) });
  const read = async (name: string) => {
    const found = await db.selectFrom('counter').select('value').where('name', '=', name).executeTakeFirst();
    return found?.value ?? 0;
  };
  app.get('/value', () => read('shared'));
  app.get('/own', (request) => read(String(request.principal?.userId)));
  app.post<{ Body: { value: number } }>('/own', async (request) => {
    const row = { name: String(request.principal?.userId), value: request.body.value };
    await db
      .insertInto('counter')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: row.value }))
      .execute();
  });
  await waitFor(() => redis.status === 'ready' && db.hosts().every(({ state }) => state === 'up'), {
    timeoutMs: 30_000,
    what: 'Redis and every host',
  });
  return { app, db, redis };
}

describe(`a user's reads over two processes never go back in time, one replica ${LATE_MS} ms later`, () => {
  let cluster: PostgresCluster;
  let redis: RedisServer;
  let processes: Process[] = [];
  let routes: Record<string, number> = {};
  let isCounting = true;
  let counting: Promise<void> | undefined;

  before(async () => {
    [cluster, redis] = await Promise.all([startPostgres({ replicas: 2 }), startRedis()]);
    await cluster.primary.query('create table counter (name text primary key, value integer not null)');
    await cluster.primary.query(`insert into counter values ('shared', 0)`);
    await Promise.all(cluster.replicas.map((replica) => replica.catchUpWith(cluster.primary)));
    await cluster.replicas[1]?.setReplayDelay(LATE_MS);
    processes = await Promise.all([1, 2].map(() => openProcess(cluster, redis.url)));
    for (const { db } of processes) {
      db.events.on('query', ({ route, queryType }) => {
        if (queryType === 'select') routes[route] = (routes[route] ?? 0) + 1;
      });
    }
    counting = (async () => {
      while (isCounting) {
        await cluster.primary.query(`update counter set value = value + 1 where name = 'shared'`);
        await sleep(5);
      }
    })();
  });
  after(async () => {
    isCounting = false;
    await counting;
    for (const { app, db, redis: connection } of processes) {
      await app.close();
      await db.destroy();
      connection.disconnect();
    }
    await Promise.all([cluster.stop(), redis.stop()]);
  });

  const headersOf = (user: string | undefined) => (user === undefined ? {} : { 'x-user': user });
  const get = async (turn: number, user?: string, url = '/value') => {
    const answer = await processes[turn % processes.length]?.app.inject({ url, headers: headersOf(user) });
    assert.equal(answer?.statusCode, 200);
    return Number(answer.body);
  };
  const stepsBack = (values: readonly number[]) =>
    values.filter((value, index) => value < (values[index - 1] ?? 0)).length;
  const shareOfReplicas = () =>
    (routes['replica'] ?? 0) / ((routes['replica'] ?? 0) + (routes['primary'] ?? 0));
  const readInTurns = async (user: string | undefined, { reads = READS, thinkMs = 0 } = {}) => {
    routes = {};
    const values: number[] = [];
    for (let turn = 0; turn < reads; turn += 1) {
      values.push(await get(turn, user));
      await sleep(thinkMs);
    }
    return values;
  };

  test('without a user they do: the difference is real', async () => {
    const values = await readInTurns(undefined);
    assert.ok(stepsBack(values) >= 3, `${stepsBack(values)} steps back`);
    assert.ok(shareOfReplicas() > 0.9, `${shareOfReplicas()}`);
  });

  for (const thinkMs of [0, 30, 100, 350]) {
    test(`with ${thinkMs} ms between two requests`, async (t) => {
      const reads = thinkMs === 0 ? READS : Math.min(READS, Math.ceil(3_000 / thinkMs));
      assert.equal(stepsBack(await readInTurns(`think-${thinkMs}`, { reads, thinkMs })), 0);
      t.diagnostic(`${Math.round(100 * shareOfReplicas())} % of ${reads} reads by replicas`);
    });
  }

  test('and in one process, where replicas go on answering', async (t) => {
    routes = {};
    const values: number[] = [];
    for (let turn = 0; turn < READS; turn += 1) values.push(await get(0, 'settled'));
    assert.equal(stepsBack(values), 0);
    assert.ok(shareOfReplicas() > 0);
    t.diagnostic(`${Math.round(100 * shareOfReplicas())} % of ${READS} reads by replicas`);
  });

  test('what was written is read at once through both', async () => {
    const writer = processes[0]?.app;
    for (let value = 1; value <= 20; value += 1) {
      const payload = { value };
      const answer = await writer?.inject({
        method: 'POST',
        url: '/own',
        headers: headersOf('writer'),
        payload,
      });
      assert.equal(answer?.statusCode, 200);
      assert.equal(await get(1, 'writer', '/own'), value, 'other process');
      assert.equal(await get(0, 'writer', '/own'), value, 'own process');
    }
  });

  test('requests of one user at the same time see no less than those before', async () => {
    for (let round = 0; round < 20; round += 1) {
      const together = await Promise.all([0, 1, 0, 1, 0, 1].map((process) => get(process, 'parallel')));
      const next = await get(round, 'parallel');
      assert.ok(next >= Math.max(...together), `${next} after ${together.join()}`);
    }
  });

  test('after the probes nothing is left to tell, and replicas answer again', async () => {
    await get(0, 'quiet');
    await waitFor(
      async () => processes[0]?.redis.hget('reached:quiet', 'reader').then((mark) => mark === null),
      { what: 'the end of the mark' },
    );
    assert.match(
      String(await processes[0]?.redis.hget('reached:quiet', 'position')),
      /^[0-9A-F]{8}\/[0-9A-F]{8}$/,
    );
  });

  test('while the primary is away, reads go on through both', async (t) => {
    isCounting = false;
    await counting;
    await readInTurns('outage', { reads: 4 });
    await cluster.primary.kill();
    let failed = 0;
    const isNoticed = () =>
      processes.every(({ db }) =>
        db.hosts().every(({ role, state }) => role === 'replica' || state === 'ejected'),
      );
    for (let turn = 0; !isNoticed(); turn += 1) {
      const answer = await processes[turn % 2]?.app.inject({ url: '/value', headers: headersOf('outage') });
      if (answer?.statusCode !== 200) failed += 1;
    }
    t.diagnostic(`${failed} reads failed until both processes had noticed`);
    routes = {};
    for (let turn = 0; turn < 40; turn += 1) assert.ok((await get(turn, 'outage')) > 0);
    assert.equal(shareOfReplicas(), 1);
    await cluster.primary.start();
  });
});
