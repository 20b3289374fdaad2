import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';

import { DatabaseUnavailableError, isDatabaseUnavailable } from '../errors.ts';
import { HostPool, type PoolContext } from './host-pool.ts';

describe('the connections to a host', () => {
  let cluster: PostgresCluster;
  const failures: unknown[] = [];

  before(async () => {
    cluster = await startPostgres({});
  });
  after(() => cluster.stop());

  const open = (url = cluster.primary.url(), context: Partial<PoolContext> = {}) =>
    new HostPool(
      {
        url,
        applicationName: 'pool',
        poolSizeMax: 2,
        waitersMax: 1,
        acquireTimeoutMs: 5_000,
        connectTimeoutMs: 5_000,
        statementTimeoutMs: 5_000,
      },
      {
        host: 'host',
        deadlineMs: 5_000,
        statementTimeoutMs: 5_000,
        isLost: () => true,
        onAnswer: () => undefined,
        onConnectionFailure: (error) => failures.push(error),
        onRoleFailure: (reason) => new DatabaseUnavailableError('host', reason, { mayHaveRun: false }),
        comment: () => '',
        ...context,
      },
    );
  const statement = (sql: string) => ({ sql, parameters: [], queryId: { queryId: 'test' } });
  const sessions = async () => {
    const [row] = await cluster.primary.query<{ count: string }>(
      `select count(*) from pg_stat_activity where application_name = 'pool'`,
    );
    return Number(row?.count);
  };

  test('the last one given back is lent first, and at once', async () => {
    const pool = open();
    assert.equal(pool.tryTake({}), undefined);
    const [a, b] = await Promise.all([pool.take({}), pool.take({})]);
    assert.equal(pool.used, 2);
    assert.equal(pool.tryTake({}), undefined);
    pool.giveBack(a);
    pool.giveBack(b);
    assert.equal(pool.tryTake({}), b);
    assert.equal(pool.tryTake({}), a);
    pool.giveBack(a);
    pool.giveBack(b);
    await pool.end(1_000);
    assert.equal(await sessions(), 0);
  });

  test('one that breaks while idle is not lent, and a host that is gone is told', async () => {
    const pool = open();
    const broken = await pool.take({});
    pool.giveBack(broken);
    failures.length = 0;
    await cluster.primary.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pool'`,
    );
    await waitFor(() => failures.length > 0);
    const next = await pool.take({});
    assert.notEqual(next, broken);
    assert.equal((await next.executeQuery(statement('select 1'))).rows.length, 1);
    pool.giveBack(next);
    await pool.end(1_000);
  });

  test('after disconnect none of the old ones is lent', async () => {
    const pool = open();
    const old = await pool.take({});
    pool.giveBack(old);
    pool.disconnect();
    const next = await pool.take({});
    assert.notEqual(next, old);
    pool.giveBack(next);
    await pool.end(1_000);
  });

  test('a host that cannot be reached leaves no permit behind', async () => {
    const pool = open('postgres://nobody@127.0.0.1:9/none');
    for (let round = 0; round < 4; round += 1) await assert.rejects(pool.take({}), isDatabaseUnavailable);
    assert.equal(pool.used, 0);
    await pool.end(1_000);
  });

  test('a caller that leaves while its connection is made leaves it to the next', async () => {
    const pool = open();
    const abort = new AbortController();
    const refused = assert.rejects(pool.take({ signal: abort.signal }), /gone/);
    abort.abort(new Error('gone'));
    await refused;
    await waitFor(() => pool.used === 0);
    assert.ok(pool.tryTake({}));
    await pool.end(100);
  });

  test('end gives what runs its time, refuses the rest, and closes what does not end', async () => {
    const pool = open();
    const [quick, slow] = await Promise.all([pool.take({}), pool.take({})]);
    const answered = quick
      .executeQuery(statement('select pg_sleep(0.2)'))
      .finally(() => pool.giveBack(quick));
    const cut = assert.rejects(slow.executeQuery(statement('select pg_sleep(30)')), isDatabaseUnavailable);
    const ended = pool.end(1_000);
    await assert.rejects(pool.take({}), isDatabaseUnavailable);
    await answered;
    await cut;
    await ended;
  });
});
