import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';
import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { HostClient } from '../hosts/host-client.ts';
import { queryOptions } from '../routing/query-options.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { createSession, runInSession, runWithin } from './session.ts';
import type { WorkLimit } from './work-limit.ts';

const SETTING = readSafe<string>`current_setting('statement_timeout')`.as('timeout');
const SLEEP = readSafe`pg_sleep(30)`.as('slept');
const USUAL_MS = 20_000;

type Executor = Parameters<ReturnType<typeof sql>['execute']>[0];

class TimeUpError extends Error {
  override readonly name = 'TimeUpError';
}

class Unsendable {
  toPostgres(): never {
    throw new Error('cannot be sent');
  }
}

/** So much time from now on, or until it is ended. */
class TestLimit implements WorkLimit {
  readonly #controller = new AbortController();
  readonly #endsAtMs: number;

  constructor(ms: number) {
    this.#endsAtMs = performance.now() + ms;
  }

  get remainingMs(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.#endsAtMs - performance.now());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  error(cause?: unknown): Error {
    return new TimeUpError('the time is up', { cause });
  }

  end(): void {
    this.#controller.abort(new TimeUpError('ended'));
  }
}

describe('work with a limit', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;

  before(async () => {
    cluster = await startTestCluster({ replicas: 1 });
    db = await cluster.open({ poolSizeMax: 2, replicaTimeoutMs: USUAL_MS, statementTimeoutMs: USUAL_MS });
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  const settingMs = async (handle: Pick<Database<TestSchema>, 'selectNoFrom'> = db) => {
    const { timeout } = await handle.selectNoFrom(SETTING).executeTakeFirstOrThrow();
    return timeout.endsWith('ms') ? Number.parseInt(timeout) : 1_000 * Number.parseInt(timeout);
  };
  const writtenSettingMs = (handle: Executor = db) =>
    sql<{ ms: number }>`insert into note (author, value)
      select 'limit', (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::int
      returning value as ms`
      .execute(handle)
      .then(({ rows }) => rows[0]?.ms);
  const assertJustBelow = (ms: number | undefined, limitMs: number) =>
    assert.ok(ms !== undefined && ms <= limitMs && ms > 0.6 * limitMs, `${ms} of ${limitMs} ms`);
  const sleepers = async () => {
    const rows = await Promise.all(
      [cluster.primary, ...cluster.replicas].map((host) =>
        host.query<{ query: string }>(
          `select query from pg_stat_activity
            where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
        ),
      ),
    );
    return rows.flat();
  };
  const nothingRuns = () =>
    waitFor(async () => (await sleepers()).length === 0, { timeoutMs: 5_000, what: 'no statement' });

  test('the server gives a statement no more than what is left: reads, writes, transactions', async () => {
    await runWithin(new TestLimit(1_000), async () => {
      assertJustBelow(await settingMs(), 1_000);
      assertJustBelow(await writtenSettingMs(), 1_000);
      await db.transaction().execute(async (transaction) => {
        assertJustBelow(await settingMs(transaction), 1_000);
      });
      await db
        .transaction()
        .setAccessMode('read only')
        .execute(async (transaction) => assertJustBelow(await settingMs(transaction), 1_000));
      const shorter = db.withPlugin(queryOptions({ timeoutMs: 300 }));
      assert.equal(await settingMs(shorter), 300);
    });
    assert.equal(await settingMs(), USUAL_MS);
    assert.equal(await writtenSettingMs(), USUAL_MS);
  });

  test('in a transaction each statement has what is left then', async () => {
    const limit = new TestLimit(2_000);
    await runWithin(limit, () =>
      db.transaction().execute(async (transaction) => {
        assertJustBelow(await settingMs(transaction), 2_000);
        await sql`select pg_sleep(1)`.execute(transaction);
        const ms = await settingMs(transaction);
        assert.ok(ms <= 1_000, `${ms} ms`);
      }),
    );
  });

  test('a limit that was rolled back, or set with a statement that failed, is known to be gone', async () => {
    const single = await cluster.open({ poolSizeMax: 1, statementTimeoutMs: USUAL_MS, replicas: [] });
    // Half a second goes by before another limit than this would be set anyway.
    const [ms, setMs] = [15_860, 15_360];
    const failures = {
      'rolled back': () =>
        single.transaction().execute(async (transaction) => {
          assert.equal(await settingMs(transaction), setMs);
          throw new Error('rolled back');
        }),
      'cannot be sent': () => sql`select ${new Unsendable()}::text`.execute(single),
      'division by zero': () => sql`update note set value = 1 / ${0}::int`.execute(single),
    };
    await single.insertInto('note').values({ author: 'limit', value: 0 }).execute();
    for (const [message, fail] of Object.entries(failures)) {
      await runWithin(new TestLimit(ms), () => assert.rejects(fail, { message }));
      assert.equal(await writtenSettingMs(single), USUAL_MS, message);
      await runWithin(new TestLimit(ms), async () => {
        await assert.rejects(fail, { message });
        assert.equal(await writtenSettingMs(single), setMs, message);
      });
      assert.equal(await writtenSettingMs(single), USUAL_MS);
    }
    await single.destroy();
  });

  test('it costs no round trip, whatever the limit; only what must run alone asks for one', async (t) => {
    await settingMs();
    const asked = t.mock.method(HostClient.prototype, 'query');
    for (const ms of [1_000, 2_000, 4_000, 8_000]) {
      await runWithin(new TestLimit(ms), async () => {
        const { rows } = await sql<{ one: number; limit: string }>`
          select ${1}::int as one, current_setting('statement_timeout') as limit`.execute(db);
        assert.equal(rows.length, 1);
        assert.equal(rows[0]?.one, 1);
        assertJustBelow(await settingMs(), ms);
      });
    }
    assert.equal(asked.mock.callCount(), 8);
    await runWithin(new TestLimit(3_000), () => sql`select 1; select 2`.execute(db));
    assert.equal(asked.mock.callCount(), 10);
  });

  test('a statement that runs out of it ends on the server, and its caller is told that the time is up', async () => {
    const start = performance.now();
    const run = runWithin(new TestLimit(300), () => db.selectNoFrom(SLEEP).execute());
    await assert.rejects(run, (error: Error) => {
      assert.equal(error.name, 'TimeUpError');
      assert.equal((error.cause as { code?: string }).code, '57014');
      return true;
    });
    assert.ok(performance.now() - start < 5_000);
    await nothingRuns();
  });

  test('when it is ended, so is what runs: a read, a write, in a transaction, a stream, with a plugin', async () => {
    const works: Record<string, () => Promise<unknown>> = {
      read: () => db.selectNoFrom(SLEEP).execute(),
      write: () => sql`update note set value = 1 where pg_sleep(30) is not null`.execute(db),
      transaction: () => db.transaction().execute((transaction) => transaction.selectNoFrom(SLEEP).execute()),
      stream: async () => {
        for await (const row of db.selectNoFrom(SLEEP).stream(1)) assert.ok(row);
      },
      plugin: () =>
        db
          .withPlugin(queryOptions({ timeoutMs: 25_000 }))
          .selectNoFrom(SLEEP)
          .execute(),
      'own signal': () => db.selectNoFrom(SLEEP).execute({ signal: new AbortController().signal }),
    };
    await sql`insert into note (author, value) values ('limit', 0)`.execute(db);
    for (const [name, work] of Object.entries(works)) {
      const limit = new TestLimit(60_000);
      const running = runInSession(createSession(), work, limit);
      await waitFor(async () => (await sleepers()).length > 0, {
        timeoutMs: 10_000,
        what: `${name} running`,
      });
      limit.end();
      await assert.rejects(running, { name: 'TimeUpError' }, name);
      await nothingRuns();
    }
    assert.equal(await settingMs(), USUAL_MS);
  });

  test('who waits for a connection stops waiting', async () => {
    const holder = new TestLimit(60_000);
    const sleep = () => sql`select pg_sleep(30)`.execute(db);
    const holding = Promise.allSettled([runWithin(holder, sleep), runWithin(holder, sleep)]);
    await waitFor(() => db.hosts().some(({ inFlight }) => inFlight === 2), {
      timeoutMs: 5_000,
      what: 'full pool',
    });
    const limit = new TestLimit(60_000);
    const waiting = runWithin(limit, () =>
      Promise.allSettled([
        sleep(),
        db.transaction().execute((transaction) => transaction.selectNoFrom(SLEEP).execute()),
      ]),
    );
    await waitFor(() => db.hosts().some((host) => host.waiting === 2), {
      timeoutMs: 5_000,
      what: 'two that wait',
    });
    limit.end();
    for (const outcome of await waiting) assert.equal(outcome.status, 'rejected');
    assert.ok(db.hosts().every((host) => host.waiting === 0));
    holder.end();
    await holding;
  });

  test('when nothing is left nothing is asked, and a transaction is not committed', async (t) => {
    const over = new TestLimit(0);
    const asked = t.mock.method(HostClient.prototype, 'query');
    await runWithin(over, async () => {
      await assert.rejects(db.selectNoFrom(SETTING).execute(), { name: 'TimeUpError' });
      await assert.rejects(sql`delete from note`.execute(db), { name: 'TimeUpError' });
      const transaction = db.transaction().execute((inside) => inside.selectNoFrom(SETTING).execute());
      await assert.rejects(transaction, { name: 'TimeUpError' });
    });
    assert.equal(asked.mock.callCount(), 0);
    const limit = new TestLimit(60_000);
    const late = runWithin(limit, () =>
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('note').values({ author: 'late', value: 1 }).execute();
        limit.end();
      }),
    );
    await assert.rejects(late, { name: 'TimeUpError' });
    const rows = await db.selectFrom('note').select('id').where('author', '=', 'late').execute();
    assert.deepEqual(rows, []);
  });

  test('what others wait for as well can leave the limit', async () => {
    const limit = new TestLimit(60_000);
    const shared = runWithin(limit, () =>
      runWithin(undefined, () => sql<{ one: number }>`select pg_sleep(0.3), 1 as one`.execute(db)),
    );
    limit.end();
    assert.equal((await shared).rows[0]?.one, 1);
  });
});
