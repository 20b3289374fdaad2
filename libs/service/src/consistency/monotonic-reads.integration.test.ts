import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
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
import { openService, type Service } from '../open-service.ts';
import type { ServiceDefinition } from '../platform.ts';

const LATE_MS = 400;
const READS = 300;

interface Counters {
  readonly counter: { readonly name: string; readonly value: number };
}

/** `GET /value` reads a counter that somebody counts up all the time, `POST /value` sets one of one's own. */
const counter: ServiceDefinition<ReturnType<typeof Type.Object>> = {
  name: 'counter',
  config: Type.Object({}),
  docsPath: '/docs',
  build: (platform) => async (app) => {
    const db = platform.database<Counters>();
    const read = async (name: string) => {
      const found = await db
        .selectFrom('counter')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst();
      return found?.value ?? 0;
    };
    app.addHook('onRequest', async (request) => {
      const userId = request.headers['x-user'];
      if (typeof userId === 'string')
        request.principal = { userId, sessionId: 's', role: 'student', expiresAt: Number.MAX_SAFE_INTEGER };
    });
    app.get('/value', () => read('shared'));
    app.get('/own', (request) => read(String(request.principal?.userId)));
    app.post('/own', { schema: { body: Type.Object({ value: Type.Integer() }) } }, async (request) => {
      const row = { name: String(request.principal?.userId), value: request.body.value };
      await db
        .insertInto('counter')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: row.value }))
        .execute();
    });
  },
};

describe(`a user's reads over two processes never go back in time, one replica ${LATE_MS} ms later`, () => {
  let cluster: PostgresCluster;
  let redis: RedisServer;
  let services: Service<unknown>[] = [];
  let routes: Record<string, number> = {};
  let isCounting = true;
  let counting: Promise<void> | undefined;

  before(async () => {
    [cluster, redis] = await Promise.all([startPostgres({ replicas: 2 }), startRedis()]);
    const passwords = { owner: 'owner-password', app: 'app-password' };
    await provision({ adminUrl: cluster.adminUrl, service: 'counter', passwords });
    await cluster.primary.query(
      'create table counter.counter (name text primary key, value integer not null)',
    );
    await cluster.primary.query('grant select, insert, update on counter.counter to counter_app');
    await cluster.primary.query(`insert into counter.counter values ('shared', 0)`);
    await Promise.all(cluster.replicas.map((replica) => replica.catchUpWith(cluster.primary)));
    await cluster.replicas[1]?.setReplayDelay(LATE_MS);
    const env = {
      DATABASE_URL: cluster.primary.url('counter_app', passwords.app),
      DATABASE_REPLICA_URLS: cluster.replicas.map((host) => host.url('counter_app', passwords.app)).join(),
      REDIS_URL: redis.url,
      PORT: '0',
    };
    const open = () => openService(counter, loadConfig(platformConfig, env), pino({ level: 'silent' }));
    services = await Promise.all([open(), open()]);
    for (const { platform } of services) {
      const db = platform.database();
      db.events.on('query', ({ route, queryType }) => {
        if (queryType === 'select') routes[route] = (routes[route] ?? 0) + 1;
      });
      await waitFor(
        () => platform.redis?.status === 'ready' && db.hosts().every(({ state }) => state === 'up'),
        { timeoutMs: 30_000, what: 'Redis and every host' },
      );
    }
    counting = (async () => {
      while (isCounting) {
        await cluster.primary.query(`update counter.counter set value = value + 1 where name = 'shared'`);
        await sleep(5);
      }
    })();
  });
  after(async () => {
    isCounting = false;
    await counting;
    await Promise.all(services.map((service) => service.close()));
    await Promise.all([cluster.stop(), redis.stop()]);
  });

  const headersOf = (user: string | undefined) => (user === undefined ? {} : { 'x-user': user });
  const get = async (process: number, user?: string, url = '/value') => {
    const answer = await services[process % services.length]?.app.inject({ url, headers: headersOf(user) });
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
    assert.ok(stepsBack(await readInTurns(undefined)) > READS / 20);
    assert.equal(shareOfReplicas(), 1);
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
    const db = services[0]?.app;
    for (let value = 1; value <= 20; value += 1) {
      const payload = { value };
      const answer = await db?.inject({ method: 'POST', url: '/own', headers: headersOf('writer'), payload });
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
      async () =>
        services[0]?.platform.redis?.hget('reached:counter:quiet', 'reader').then((mark) => mark === null),
      { what: 'the end of the mark' },
    );
    assert.match(
      String(await services[0]?.platform.redis?.hget('reached:counter:quiet', 'position')),
      /^[0-9A-F]{8}\/[0-9A-F]{8}$/,
    );
  });
});
