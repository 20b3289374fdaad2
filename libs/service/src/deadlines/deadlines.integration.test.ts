import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as send, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { provision, type Database } from '@ganitagya/database';
import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { pino } from 'pino';
import { Type } from 'typebox';
import { loadConfig } from '../config/load-config.ts';
import { platformConfig } from '../config/platform-config.ts';
import { sendCached } from '../http/send-cached.ts';
import { openService } from '../open-service.ts';
import { problem, type Problem } from '../errors/problem.ts';
import type { ServiceDefinition } from '../platform.ts';
import type { RequestDeadline } from './request-deadline.ts';

type Db = Database<Record<string, never>>;
const settingOf = (db: Pick<Db, 'getExecutor'>) =>
  sql<{
    ms: number;
  }>`select (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::int as ms`
    .execute(db)
    .then(({ rows }) => rows[0]);
const pgSleep = (db: Pick<Db, 'getExecutor'>, seconds: number) =>
  sql`select pg_sleep(${seconds}::int)`.execute(db);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface World {
  readonly deadlines: RequestDeadline[];
  readonly requests: WeakRef<FastifyRequest>[];
  loads: number;
  lateWork: Promise<unknown> | undefined;
}

/** Routes that do what deadlines are about. */
function worker(world: World): ServiceDefinition<ReturnType<typeof Type.Object>> {
  return {
    name: 'worker',
    config: Type.Object({}),
    docsPath: '/docs',
    build: (platform) => async (app) => {
      const db = platform.database<Record<string, never>>();
      app.get('/setting', () => settingOf(db));
      app.get('/setting-in-transaction', () => db.transaction().execute((inside) => settingOf(inside)));
      app.get('/sleep', () => pgSleep(db, 30));
      app.get('/sleep-in-transaction', () => db.transaction().execute((inside) => pgSleep(inside, 30)));
      app.post('/sleep', () => pgSleep(db, 30));
      app.get('/brief', { config: { timeoutMs: 300 } }, () => pgSleep(db, 30));
      app.get('/left', async (request) => {
        const signal: AbortSignal = request.deadline.signal;
        world.deadlines.push(request.deadline);
        world.requests.push(new WeakRef(request));
        await settingOf(db);
        return { leftMs: request.deadline.remainingMs, aborted: signal.aborted };
      });
      app.get('/deaf/:ms', { schema: { params: Type.Object({ ms: Type.Integer() }) } }, async (request) => {
        world.lateWork = sleep(request.params.ms);
        await world.lateWork;
        return { late: true };
      });
      app.get('/cached', (request, reply) =>
        sendCached(request, reply, {
          cache: platform.cache,
          key: 'shared',
          load: async () => {
            world.loads += 1;
            await pgSleep(db, 1);
            return { limit: await settingOf(db) };
          },
          tags: () => [],
          absent: () => problem.notFound('none', 'None.'),
        }),
      );
      app.get('/stream', (request, reply) => {
        const { signal } = request.deadline;
        const untilTheEnd = async function* () {
          yield 'begin, ';
          await once(signal, 'abort');
          await sleep(100);
          yield (signal.reason as Problem).code;
        };
        return reply.type('text/plain').send(Readable.from(untilTheEnd()));
      });
      app.get('/behind', async (_request, reply) => {
        world.lateWork = once(reply.raw, 'finish')
          .then(() => sleep(500))
          .then(() => settingOf(db));
        return { ok: true };
      });
    },
  };
}

describe('deadlines of requests', () => {
  let cluster: PostgresCluster;
  let url: string;

  before(async () => {
    cluster = await startPostgres({ replicas: 1 });
    const passwords = { owner: 'owner-password', app: 'app-password' };
    await provision({ adminUrl: cluster.adminUrl, service: 'worker', passwords });
    await Promise.all(cluster.replicas.map((replica) => replica.catchUpWith(cluster.primary)));
    url = cluster.primary.url('worker_app', passwords.app);
  });
  after(() => cluster.stop());

  async function open(t: TestContext, env: Record<string, string> = {}) {
    const world: World = { deadlines: [], requests: [], loads: 0, lateWork: undefined };
    const lines: string[] = [];
    const config = loadConfig(Type.Object({ ...platformConfig.properties }), {
      DATABASE_URL: url,
      DATABASE_REPLICA_URLS: cluster.replicas
        .map((replica) => replica.url('worker_app', 'app-password'))
        .join(),
      PORT: '0',
      ...env,
    });
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    const service = await openService(worker(world), config, log);
    t.after(() => service.close());
    const base = await service.listen();
    const askOnce = async (path: string, timeoutMs: number | string | undefined, method: string) => {
      const headers = timeoutMs === undefined ? {} : { 'x-request-timeout-ms': String(timeoutMs) };
      const startMs = performance.now();
      const response = await fetch(base + path, { method, headers });
      const body = (await response.json()) as Record<string, unknown>;
      return {
        status: response.status,
        headers: response.headers,
        body,
        tookMs: performance.now() - startMs,
      };
    };
    /** A busy machine may be too busy for one more request; that is not what is tested here. */
    const ask = async (path: string, timeoutMs?: number | string, method = 'GET') => {
      for (let tries = 1; ; tries += 1) {
        const answer = await askOnce(path, timeoutMs, method);
        if (answer.body['code'] !== 'service.overloaded' || tries === 100) return answer;
        await sleep(100);
      }
    };
    const series = async (name: string) => {
      const { body } = await service.metrics();
      return Number(
        body
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split(' ')
          .at(-1),
      );
    };
    return { world, lines, base, ask, series };
  }

  const running = async () => {
    const rows = await Promise.all(
      [cluster.primary, ...cluster.replicas].map((host) =>
        host.query<{ query: string }>(
          `select query from pg_stat_activity
            where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
        ),
      ),
    );
    return rows.flat().length;
  };
  const nothingRuns = () =>
    waitFor(async () => (await running()) === 0, { timeoutMs: 5_000, what: 'no statement in Postgres' });

  test('a deadline of a second is seen as statement_timeout, in transactions too', async (t) => {
    const { ask } = await open(t);
    for (const path of ['/setting', '/setting-in-transaction']) {
      const { status, body } = await ask(path, 1_000);
      assert.equal(status, 200);
      const ms = body['ms'] as number;
      assert.ok(ms <= 1_000 && ms > 500, `${path}: ${ms} ms`);
    }
    assert.equal((await ask('/setting')).body['ms'], 7_200);
  });

  test('at the deadline the statement ends and the answer is a 504 that promises nothing', async (t) => {
    const { ask, series, lines } = await open(t);
    for (const path of ['/sleep', '/sleep-in-transaction']) {
      const { status, body, headers, tookMs } = await ask(path, 500);
      assert.equal(status, 504);
      assert.equal(body['code'], 'service.deadline');
      assert.equal(headers.get('x-not-started'), null);
      assert.equal(headers.get('retry-after'), null);
      assert.ok(tookMs > 400 && tookMs < 3_000, `${tookMs} ms`);
      await nothingRuns();
    }
    const post = await ask('/sleep', 500, 'POST');
    assert.equal(post.status, 504);
    assert.match(String(post.body['detail']), /whether it was carried out is not known/);
    assert.equal(await series('requests_cut_total{cause="client_gone"'), 0);
    assert.ok(lines.every((line) => !line.includes('request failed')));
  });

  test('the bound of the route, and of the service, holds for callers who ask for more, or for nothing', async (t) => {
    const { ask } = await open(t, { REQUEST_TIMEOUT_MS: '600' });
    for (const asked of [undefined, 60_000, 'garbage', '-5', '1e9']) {
      const { status, tookMs } = await ask('/sleep', asked);
      assert.equal(status, 504, String(asked));
      assert.ok(tookMs < 3_000, `${tookMs} ms`);
    }
    const { status, tookMs } = await ask('/brief', 60_000);
    assert.equal(status, 504);
    assert.ok(tookMs < 550, `${tookMs} ms`);
    await nothingRuns();
  });

  test('a client that hangs up leaves nothing running', async (t) => {
    const { base, series, lines } = await open(t);
    for (const path of ['/sleep', '/sleep-in-transaction']) {
      const leaving = new AbortController();
      const asked = fetch(base + path, { signal: leaving.signal });
      await waitFor(async () => (await running()) === 1, { timeoutMs: 5_000, what: 'a statement' });
      leaving.abort();
      await assert.rejects(asked, { name: 'AbortError' });
      await nothingRuns();
    }
    assert.equal(await series('requests_cut_total{cause="client_gone"'), 2);
    assert.equal(lines.filter((line) => line.includes('"status":499')).length, 2);
    assert.ok(
      lines.every((line) => !line.includes('request failed')),
      lines.join(''),
    );
  });

  test('one impatient caller does not end the load that others wait for', async (t) => {
    const { base, ask, world, lines } = await open(t);
    const leaving = new AbortController();
    const gone = fetch(`${base}/cached`, { signal: leaving.signal });
    await waitFor(() => world.loads === 1, { timeoutMs: 5_000, what: 'the load' });
    const impatient = ask('/cached', 300);
    const patient = ask('/cached');
    leaving.abort();
    await assert.rejects(gone, { name: 'AbortError' });
    assert.equal((await impatient).status, 504);
    const { status, body } = await patient;
    assert.equal(status, 200);
    assert.deepEqual(body, { limit: { ms: 7_200 } });
    assert.equal(world.loads, 1);
    for (const line of lines) assert.doesNotMatch(line, /already sent|goes on|failed/);
  });

  test('a handler that does not listen is answered for, and what it says then is dropped', async (t) => {
    const { ask, world, lines } = await open(t);
    const { status, body, headers, tookMs } = await ask('/deaf/600', 200);
    assert.equal(status, 504);
    assert.equal(body['code'], 'service.deadline');
    assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.ok(tookMs < 500, `${tookMs} ms`);
    await world.lateWork;
    assert.equal((await ask('/deaf/1')).status, 200);
    assert.ok(lines.some((line) => line.includes('the handler goes on')));
  });

  test('an answer that has begun is not cut off; its source is told, and ends it', async (t) => {
    const { base, series } = await open(t);
    const response = await fetch(`${base}/stream`, { headers: { 'x-request-timeout-ms': '300' } });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'begin, service.deadline');
    assert.equal(await series('requests_cut_total{cause="deadline"'), 1);
  });

  test('what certainly takes longer is refused before it begins, a fifth of the time', async (t) => {
    const { ask, series } = await open(t);
    // Until its usual time is known.
    const repeat = async <T>(times: number, work: () => Promise<T>) => {
      const results: T[] = [];
      while (results.length < times) {
        results.push(...(await Promise.all(Array.from({ length: 10 }, work))));
      }
      return results;
    };
    await repeat(250, () => ask('/deaf/60'));
    const answers = await repeat(50, () => ask('/deaf/60', 30));
    const refused = answers.filter(({ status }) => status === 503);
    assert.equal(refused.length, 10);
    for (const { headers, body } of refused) {
      assert.equal(body['code'], 'service.deadline');
      assert.equal(headers.get('x-not-started'), '1');
      assert.equal(headers.get('retry-after'), null);
    }
    assert.ok(answers.every(({ status }) => status === 503 || status === 504));
    assert.equal(await series('deadline_refusals_total{reason="too_short"'), 10);
    assert.equal((await ask('/deaf/1', 5_000)).status, 200);
  });

  test('what goes on behind the answer is not bounded by it', async (t) => {
    const { ask, world } = await open(t);
    assert.equal((await ask('/behind', 400)).status, 200);
    assert.deepEqual(await world.lateWork, { ms: 7_200 });
  });

  test('10,000 requests leave no listener behind, and are forgotten though their deadlines are known', async (t) => {
    const { base, world } = await open(t, { RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000' });
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    t.after(() => process.off('warning', onWarning));
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    t.after(() => agent.destroy());
    const get = async (path: string) => {
      const asked = send(base + path, { agent, headers: { 'x-request-timeout-ms': '8000' } }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      return answer.statusCode;
    };
    const giveUpAtMs = performance.now() + 120_000;
    const client = async () => {
      while (world.deadlines.length < 10_000 && performance.now() < giveUpAtMs) {
        // Who is refused by a machine that is too busy comes again.
        if ((await get('/left')) !== 200) await sleep(100);
      }
    };
    await Promise.all(Array.from({ length: 20 }, client));
    assert.deepEqual(warnings, []);
    assert.ok(world.deadlines.length >= 10_000);
    await waitFor(
      () => {
        collectGarbage();
        return world.requests.filter((each) => each.deref() !== undefined).length < 100;
      },
      { timeoutMs: 10_000, what: 'requests to be forgotten' },
    );
  });
});
