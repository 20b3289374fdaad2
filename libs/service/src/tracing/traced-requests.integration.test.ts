import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import { pino } from 'pino';
import { Type } from 'typebox';
import { loadConfig } from '../config/load-config.ts';
import { platformConfig } from '../config/platform-config.ts';
import { openService, type Service } from '../open-service.ts';
import type { ServiceDefinition } from '../platform.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

/** Sleeps in the database, asked by GET or, after a body was read, by POST. */
const sleeper: ServiceDefinition<ReturnType<typeof Type.Object>> = {
  name: 'sleeper',
  config: Type.Object({}),
  docsPath: '/docs',
  build: (platform) => async (app) => {
    const db = platform.database();
    const sleep = async () => {
      await db.selectNoFrom((eb) => eb.fn<string>('pg_sleep', [eb.val(5)]).as('slept')).execute();
    };
    app.get('/sleep', sleep);
    app.post('/sleep', { schema: { body: Type.Object({}) } }, sleep);
  },
};

describe('a slow statement in pg_stat_activity', () => {
  let cluster: PostgresCluster;
  let service: Service<unknown>;

  before(async () => {
    cluster = await startPostgres();
    const env = { DATABASE_URL: cluster.adminUrl, PORT: '0' };
    service = await openService(sleeper, loadConfig(platformConfig, env), pino({ level: 'silent' }));
  });
  after(async () => {
    await service.close();
    await cluster.stop();
  });

  /** What Postgres shows of the statement while it runs; it is ended after that. */
  async function statementOf(method: 'GET' | 'POST', traceparent: string) {
    const payload = method === 'POST' ? { payload: {} } : {};
    const answer = service.app.inject({ method, url: '/sleep', headers: { traceparent }, ...payload });
    const [seen] = await waitFor(
      async () => {
        const rows = await cluster.primary.query<{ application: string; query: string }>(
          `select application_name as application, query from pg_stat_activity
           where state = 'active' and query like 'select pg_sleep(%' and pid <> pg_backend_pid()`,
        );
        return rows.length > 0 && rows;
      },
      { what: 'the statement' },
    );
    await cluster.primary.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(%'
       and pid <> pg_backend_pid()`,
    );
    await answer;
    assert.ok(seen);
    return seen;
  }

  for (const method of ['GET', 'POST'] as const) {
    test(`names the service and the recorded trace of a ${method}`, async () => {
      const { application, query } = await statementOf(method, `${TRACE}-01`);
      assert.equal(application, 'sleeper');
      assert.ok(query.endsWith(`/*traceparent='${TRACE}-01'*/`), query);
    });
  }

  test('names no trace that is not recorded', async () => {
    const { application, query } = await statementOf('GET', `${TRACE}-00`);
    assert.equal(application, 'sleeper');
    assert.doesNotMatch(query, /traceparent/);
  });
});
