import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startPostgres, type PostgresCluster } from '@ganitagya/testing';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import pg from 'pg';

import { migrate } from './migrate.ts';
import { provision } from './provision.ts';

const PASSWORDS = { owner: `it's "quoted" \\ $1`, app: 'app secret' };

const migrations: Record<string, Migration> = {
  '0001-lesson': {
    up: async (db) => {
      await sql`create table lesson (id bigint generated always as identity primary key, title text not null)`.execute(
        db,
      );
      await sql`create index lesson_title on lesson using gin (title gin_trgm_ops)`.execute(db);
    },
    down: async (db) => {
      await db.schema.dropTable('lesson').execute();
    },
  },
  '0002-tag': {
    up: async (db) => {
      await db.schema.createTable('tag').addColumn('name', 'text').execute();
    },
    down: async (db) => {
      await db.schema.dropTable('tag').execute();
    },
  },
};

describe('a provisioned service', () => {
  let cluster: PostgresCluster;

  before(async () => {
    cluster = await startPostgres();
    // At once and twice: services start side by side, and again.
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(
        ['courses', 'tutor'].map((service) =>
          provision({ adminUrl: cluster.adminUrl, service, passwords: PASSWORDS, extensions: ['pg_trgm'] }),
        ),
      );
    }
  });
  after(() => cluster.stop());

  const ownerUrl = (service: string) => cluster.primary.url(`${service}_owner`, PASSWORDS.owner);

  async function as<T>(
    role: 'courses_app' | 'courses_owner',
    work: (client: pg.Client) => Promise<T>,
  ): Promise<T> {
    const password = role === 'courses_app' ? PASSWORDS.app : PASSWORDS.owner;
    const client = new pg.Client({ connectionString: cluster.primary.url(role, password) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  test('migrates up, finds nothing to do the second time, goes one back and up again', async () => {
    const lines: string[] = [];
    const run = (direction: 'up' | 'down-one') =>
      migrate({
        url: ownerUrl('courses'),
        schema: 'courses',
        migrations,
        direction,
        log: (line) => lines.push(line),
      });
    assert.deepEqual(await run('up'), ['0001-lesson', '0002-tag']);
    assert.deepEqual(await run('up'), []);
    assert.deepEqual(await run('down-one'), ['0002-tag']);
    assert.deepEqual(await run('up'), ['0002-tag']);
    assert.deepEqual(lines.slice(0, 2), ['up 0001-lesson: Success', 'up 0002-tag: Success']);
  });

  test('several migrators at once do the work once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => migrate({ url: ownerUrl('tutor'), schema: 'tutor', migrations })),
    );
    assert.deepEqual(runs.flat().sort(), ['0001-lesson', '0002-tag']);
  });

  test('a migration that fails leaves nothing of itself and is named', async () => {
    const broken: Record<string, Migration> = {
      ...migrations,
      '0003-broken': {
        up: async (db) => {
          await db.schema.createTable('half').addColumn('id', 'integer').execute();
          await sql`select 1 / 0`.execute(db);
        },
      },
    };
    await assert.rejects(
      migrate({ url: ownerUrl('courses'), schema: 'courses', migrations: broken }),
      /migration 0003-broken failed/,
    );
    const rows = await cluster.primary.query(`select to_regclass('courses.half') as half`);
    assert.deepEqual(rows, [{ half: null }]);
  });

  test('the app reads and writes rows of its own schema, found by their bare name', async () => {
    await as('courses_app', async (client) => {
      await client.query(`insert into lesson (title) values ('Quadratic equations')`);
      await client.query(`update lesson set title = 'Quadratics'`);
      const { rows } = await client.query(
        `select title, similarity(title, 'quadratic') > 0 as close from lesson`,
      );
      assert.deepEqual(rows, [{ title: 'Quadratics', close: true }]);
      await client.query('delete from lesson');
      await client.query('select pg_current_wal_flush_lsn()');
    });
  });

  const forbidden = {
    'create a table': 'create table mine (id int)',
    'create a table in public': 'create table public.mine (id int)',
    'create a temporary table': 'create temporary table mine (id int)',
    'create a schema': 'create schema mine',
    'change a table': 'alter table lesson add column x int',
    'drop a table': 'drop table lesson',
    'empty a table past its triggers': 'truncate lesson',
    "read another service's table": 'select * from tutor.lesson',
    'see the migrations': 'select * from kysely_migration',
    'touch the migration lock': 'update kysely_migration_lock set is_locked = 1',
    'become the owner': 'set role courses_owner',
    'create a role': 'create role mine',
    'read files of the server': `select pg_read_file('postgresql.conf')`,
    "read other roles' passwords": 'select * from pg_authid',
  };
  for (const [what, statement] of Object.entries(forbidden)) {
    test(`the app cannot ${what}`, async () => {
      await as('courses_app', async (client) => {
        await assert.rejects(client.query(statement), { code: '42501' });
      });
    });
  }

  test('the owner cannot read another service either, and is no superuser', async () => {
    await as('courses_owner', async (client) => {
      await assert.rejects(client.query('select * from tutor.lesson'), { code: '42501' });
      const { rows } = await client.query(
        'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user',
      );
      assert.deepEqual(rows, [{ rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
    });
  });

  test('a name that is no identifier is refused', async () => {
    const bad = { adminUrl: cluster.adminUrl, service: 'x; drop schema courses', passwords: PASSWORDS };
    await assert.rejects(provision(bad), TypeError);
    await assert.rejects(migrate({ url: ownerUrl('courses'), schema: 'Courses', migrations }), TypeError);
    await assert.rejects(
      provision({ ...bad, service: 'empty', passwords: { owner: 'x', app: '' } }),
      TypeError,
    );
  });
});
