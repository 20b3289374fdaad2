import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';
import { sql, type Kysely } from 'kysely';

import type { Database } from '../database.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';

const OBJECTS = `
  create schema other;
  grant usage on schema other to public;
  create function lab.doubled(n int) returns int stable language sql return n * 2;
  create function lab.mixed(n int) returns int immutable language sql return n;
  create function lab.mixed(n text) returns int volatile language sql return 1;
  create function lab.lower(n int) returns int volatile language plpgsql as
    'begin insert into lab.note (author, value) values (''lower'', n); return n; end';
  create function other.hidden(n int) returns int immutable language sql return n;
  create function lab.scribble_step(sum int, n int) returns int volatile language plpgsql as
    'begin insert into lab.note (author, value) values (''step'', n); return n; end';
  create aggregate lab.scribbled(int) (sfunc = lab.scribble_step, stype = int, initcond = '0');
  create aggregate lab.added(int) (sfunc = int4pl, stype = int, initcond = '0');
  create view lab.quiet as select id from lab.note;
  create view lab.drawing as select nextval('lab.ticket') as ticket;
  create view lab.over_drawing as select ticket from lab.drawing;
  create unlogged table lab.scratch (id int);
  create table lab.guarded (id int);
  alter table lab.guarded enable row level security;
  create policy guarded on lab.guarded using (current_setting('lab.user', true) is not null);
  create table lab.plain_guarded (id int);
  alter table lab.plain_guarded enable row level security;
  create policy plain_guarded on lab.plain_guarded using (id > 0);
  grant all on all tables in schema lab to lab_app;
  grant all on all sequences in schema lab to lab_app`;

type Case = (db: Kysely<TestSchema>) => { execute(): Promise<unknown> };
const call =
  (name: string, ...values: unknown[]): Case =>
  (db) =>
    db.selectNoFrom((eb) =>
      eb
        .fn<number>(
          name,
          values.map((value) => sql.lit(value)),
        )
        .as('result'),
    );
const read =
  (relation: string): Case =>
  (db) =>
    db.selectFrom(relation as 'note').select((eb) => eb.fn.countAll().as('count'));

const replica: Record<string, Case> = {
  'a stable function of the user': call('doubled', 2),
  'the same in capitals and with its schema': call('Lab.Doubled', 2),
  'a function of Postgres that the built-in list does not name': call('sinh', 1),
  'the same with its schema': call('pg_catalog.sinh', 1),
  'a function that is off the search path, with its schema': call('other.hidden', 1),
  'syntax that looks like a call': call('greatest', 1, 2),
  'an aggregate of stable parts': (db) =>
    db.selectFrom('note').select((eb) => eb.fn('added', ['value']).as('sum')),
  'a function of an extension': call('similarity', 'a', 'b'),
  'a plain view': read('quiet'),
  'a table with a plain policy': read('plain_guarded'),
};
const primary: Record<string, Case> = {
  'a volatile function of the user': call('scribble', 'x'),
  'a name with one volatile overload': call('mixed', 1),
  'a harmless name that the user has overloaded': call('lower', 'A'),
  'a volatile function of Postgres': call('random'),
  'a sequence': call('nextval', 'ticket'),
  'what only this connection knows': call('current_setting', 'server_version'),
  'what only this server knows': call('pg_is_in_recovery'),
  'a log position': call('pg_current_wal_lsn'),
  'a transaction id': call('pg_current_xact_id'),
  'a transaction id of old': call('txid_current'),
  'the address of the server': call('inet_server_port'),
  'a statement hidden in a function': call('query_to_xml', 'select 1', true, false, ''),
  'an aggregate of a volatile step': (db) =>
    db.selectFrom('note').select((eb) => eb.fn('scribbled', ['value']).as('sum')),
  'a view that draws from a sequence': read('drawing'),
  'a view of that view': read('over_drawing'),
  'a sequence read as a table': read('ticket'),
  'an unlogged table': read('scratch'),
  'a table whose policy asks the connection': read('guarded'),
  'a view of the server': read('pg_stat_activity'),
  'the same with its schema': (db) => read('pg_locks')(db.withSchema('pg_catalog')),
};

describe('the catalogue decides', () => {
  let cluster: TestCluster;
  let db: Database<TestSchema>;

  const routesOf = async (build: Case) => {
    const routes: string[] = [];
    const listener = (event: { route: string }) => routes.push(event.route);
    db.events.on('query', listener);
    try {
      await build(db).execute();
    } finally {
      db.events.off('query', listener);
    }
    return routes;
  };

  before(async () => {
    cluster = await startTestCluster({ replicas: 1 });
    await cluster.primary.query(OBJECTS);
    await cluster.replicas[0]?.catchUpWith(cluster.primary);
    db = await cluster.open();
    // Read in the background, at the first statement that asks for it.
    await waitFor(async () => (await routesOf(call('doubled', 1)))[0] === 'replica');
  });
  after(async () => {
    await db.destroy();
    await cluster.stop();
  });

  for (const [name, build] of Object.entries(replica)) {
    test(`${name}: a replica`, async () => {
      assert.deepEqual(await routesOf(build), ['replica']);
    });
  }

  for (const [name, build] of Object.entries(primary)) {
    test(`${name}: the primary`, async () => {
      assert.deepEqual(await routesOf(build), ['primary']);
    });
  }

  test('a name in quotes or more than a name is not understood, and goes to the primary', async () => {
    assert.deepEqual(await routesOf(call('"doubled"', 1)), ['primary']);
    assert.deepEqual(await routesOf(call(`doubled(nextval('ticket')::int) + abs`, 1)), ['primary']);
  });

  test('a statement that changes the schema makes it read again', async () => {
    const owner = await cluster.open({
      primary: cluster.adminUrl,
      replicas: cluster.replicas.map((each) => each.url('lab_app', 'app')),
    });
    const routes: string[] = [];
    owner.events.on('query', ({ route, queryType }) => {
      if (queryType === 'select') routes.push(route);
    });
    const ask = () => call('lab.young', 1)(owner).execute();
    const untilRoute = (route: string) =>
      waitFor(
        async () => {
          await ask();
          return routes.at(-1) === route;
        },
        { what: `young on the ${route}` },
      );
    await sql`create function lab.young(n int) returns int stable language sql return n`.execute(owner);
    assert.ok(await owner.caughtUp({ timeoutMs: 10_000 }));
    await untilRoute('replica');
    await owner.transaction().execute(async (transaction) => {
      await sql`alter function lab.young(int) volatile`.execute(transaction);
    });
    // From the end of the transaction on, it is not even tried.
    routes.length = 0;
    await ask();
    assert.deepEqual(routes, ['primary']);
    await untilRoute('primary');
    await owner.destroy();
  });

  test('what another process changed is found out by the replica that refuses, and costs no failure', async () => {
    await cluster.primary
      .query(`create or replace function lab.doubled(n int) returns int volatile language plpgsql as
      'begin insert into lab.note (author, value) values (''doubled'', n); return n; end'`);
    await cluster.replicas[0]?.catchUpWith(cluster.primary);
    assert.deepEqual(await routesOf(call('doubled', 1)), ['replica', 'primary']);
    assert.deepEqual(await routesOf(call('doubled', 1)), ['primary']);
  });
});
