import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { RootOperationNode } from 'kysely';

import { ROUTING_CASES } from '../testing/routing-cases.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import { changesSchema, classify, queryTypeOf } from './classify.ts';

const db = new Kysely<TestSchema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

describe('classify', () => {
  for (const { name, route, build } of ROUTING_CASES) {
    test(`${name} goes to ${route === 'replica' ? 'a replica' : 'the primary'}`, () => {
      const verdict = classify(build(db).compile().query as RootOperationNode);
      assert.equal(verdict.isRead, route === 'replica', verdict.reason);
    });
  }

  test('the reason names what was found', () => {
    const reasons = [
      db.selectFrom('note').selectAll().forUpdate(),
      db.selectNoFrom((eb) => eb.fn('nextval', [sql.lit('ticket')]).as('n')),
      db.selectNoFrom(sql`1`.as('one')),
      db.deleteFrom('note'),
    ].map((query) => classify(query.compile().query).reason);
    assert.deepEqual(reasons, ['modifier ForUpdate', 'function nextval', 'raw fragment', 'delete']);
  });

  test('a node kind that is not known goes to the primary', () => {
    const { query } = db.selectFrom('note').selectAll().compile();
    const future = { ...query, teleport: { kind: 'TeleportNode' } } as unknown as RootOperationNode;
    assert.deepEqual(classify(future), { isRead: false, reason: 'TeleportNode' });
  });

  test('statements have a kind of a bounded set', () => {
    assert.equal(queryTypeOf(db.selectFrom('note').selectAll().compile().query), 'select');
    assert.equal(queryTypeOf(db.schema.createTable('x').compile().query), 'schema');
    assert.equal(queryTypeOf(sql`select 1`.compile(db).query), 'raw');
  });

  test('statements that may change the schema are told from those that only mention one', () => {
    const changes = [
      db.schema.createTable('x'),
      sql`create function f() returns int return 1`,
      sql`/* now */ ALTER table x add y int`,
      sql`select 1; drop function f`,
      sql`do $$ begin end $$`,
    ].map((statement) => changesSchema(statement.compile(db)));
    assert.deepEqual(changes, [true, true, true, true, true]);
    const others = [
      db.insertInto('note').values({ author: 'create', value: 1 }),
      sql`insert into comment (text) values ('create table')`,
      sql`select "drop" from note`,
    ].map((statement) => changesSchema(statement.compile(db)));
    assert.deepEqual(others, [false, false, false]);
  });
});
