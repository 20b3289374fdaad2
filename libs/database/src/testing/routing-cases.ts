import { sql, type Kysely } from 'kysely';
import { jsonArrayFrom, jsonBuildObject, jsonObjectFrom } from 'kysely/helpers/postgres';

import { readSafe } from '../routing/read-safe.ts';
import type { TestSchema } from './test-cluster.ts';

type Row = { readonly port?: number | null };
type Statement = { compile(): { readonly query: { readonly kind: string } }; execute(): Promise<Row[]> };

/** A statement, and where it must run. Each one's rows tell the port of the host that answered, where they can. */
export type RoutingCase = {
  readonly name: string;
  readonly route: 'primary' | 'replica';
  readonly build: (db: Kysely<TestSchema>) => Statement;
};

const port = readSafe<number>`inet_server_port()`.as('port');

const reads: Record<string, RoutingCase['build']> = {
  'a select': (db) => db.selectFrom('note').select(port),
  'a select without a table': (db) => db.selectNoFrom(port),
  'joins, groups, having and order': (db) =>
    db
      .selectFrom('note as a')
      .innerJoin('note as b', 'a.id', 'b.id')
      .leftJoinLateral(
        (eb) => eb.selectFrom('note as c').select('c.id').as('l'),
        (join) => join.onTrue(),
      )
      .select((eb) => [port, eb.fn.countAll().as('n'), eb.fn.coalesce('a.author', 'b.author').as('who')])
      .groupBy(['a.author', 'b.author'])
      .having((eb) => eb.fn.count('a.id'), '>', 0)
      .orderBy('a.author', (order) => order.desc().nullsLast()),
  'a select in a CTE, a union and exists': (db) =>
    db
      .with('mine', (cte) => cte.selectFrom('note').select('id'))
      .selectFrom('mine')
      .select(port)
      .where((eb) => eb.exists(eb.selectFrom('note').select('id')))
      .unionAll(db.selectNoFrom(port)),
  'full text search and similarity': (db) =>
    db
      .selectFrom('note')
      .select((eb) => [
        port,
        eb.fn<number>('similarity', ['author', eb.val('x')]).as('rank'),
        eb.fn<boolean>('to_tsvector', [eb.val('simple'), 'author']).as('text'),
      ]),
  'window functions, case and casts': (db) =>
    db.selectFrom('note').select((eb) => [
      port,
      eb.fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('author').orderBy('id'))
        .as('row'),
      eb.case().when('value', '>', 1).then('a').else('b').end().as('kind'),
      eb.cast<string>('value', 'text').as('text'),
    ]),
  "Kysely's JSON helpers": (db) =>
    db
      .selectFrom('note')
      .select((eb) => [
        port,
        jsonArrayFrom(eb.selectFrom('note as n').select('n.id')).as('list'),
        jsonObjectFrom(eb.selectFrom('note as n').select('n.id').limit(1)).as('one'),
        jsonBuildObject({ id: eb.ref('note.id') }).as('object'),
      ]),
  'values that look like nodes': (db) =>
    db.selectNoFrom((eb) => [port, eb.val({ kind: 'InsertQueryNode' }).as('value')]),
  distinct: (db) => db.selectFrom('note').select(port).distinct(),
  'withSchema and a safe fragment': (db) => db.withSchema('lab').selectFrom('note').select(port),
};

const writes: Record<string, RoutingCase['build']> = {
  insert: (db) => db.insertInto('note').values({ author: 'a', value: 1 }).returning(port),
  update: (db) => db.updateTable('note').set({ value: 2 }).returning(port),
  delete: (db) => db.deleteFrom('note').where('value', '=', -1).returning(port),
  merge: (db) =>
    db
      .mergeInto('note')
      .using('note as source', 'source.id', 'note.id')
      .whenMatched()
      .thenUpdateSet({ value: 3 })
      .returning(port),
  'an insert in a CTE': (db) =>
    db
      .with('added', (cte) => cte.insertInto('note').values({ author: 'cte', value: 1 }).returning('id'))
      .selectFrom('added')
      .select(port),
  'an update in a later CTE': (db) =>
    db
      .with('first', (cte) => cte.selectFrom('note').select('id'))
      .with('second', (cte) => cte.updateTable('note').set({ value: 4 }).returning('id'))
      .selectFrom(['first', 'second'])
      .select(port),
  'for update': (db) => db.selectFrom('note').select(port).forUpdate(),
  'for key share in a subquery': (db) =>
    db.selectFrom(db.selectFrom('note').select('id').forKeyShare().as('locked')).select(port),
  'a raw modifier': (db) =>
    db
      .selectFrom('note')
      .select(port)
      .modifyEnd(sql`for update`),
  nextval: (db) =>
    db.selectNoFrom((eb) => [port, eb.fn<string>('nextval', [sql.lit('ticket')]).as('ticket')]),
  set_config: (db) =>
    db.selectNoFrom((eb) => [
      port,
      eb.fn<string>('set_config', [eb.val('a.b'), eb.val('c'), eb.val(false)]).as('set'),
    ]),
  'an advisory lock': (db) =>
    db.selectNoFrom((eb) => [port, eb.fn<unknown>('pg_advisory_xact_lock', [eb.val(1)]).as('lock')]),
  'an advisory lock that may fail': (db) =>
    db.selectNoFrom((eb) => [port, eb.fn<boolean>('pg_try_advisory_xact_lock', [eb.val(2)]).as('lock')]),
  'a notification': (db) =>
    db.selectNoFrom((eb) => [port, eb.fn('pg_notify', [sql.lit('news'), sql.lit('x')]).as('told')]),
  'a transaction id': (db) => db.selectNoFrom((eb) => [port, eb.fn<string>('txid_current').as('id')]),
  'a user-defined volatile function': (db) =>
    db.selectNoFrom((eb) => [port, eb.fn<number>('scribble', [eb.val('x')]).as('done')]),
  'a function nested in a known one': (db) =>
    db.selectNoFrom((eb) => [
      port,
      eb.fn<string>('abs', [eb.fn('nextval', [sql.lit('ticket')])]).as('ticket'),
    ]),
  'a raw fragment in a select': (db) =>
    db.selectFrom('note').select([port, sql<string>`nextval('ticket')`.as('ticket')]),
  'a raw fragment inside a safe one': (db) =>
    db.selectNoFrom([port, readSafe<string>`lower(${sql`nextval('ticket')::text`})`.as('ticket')]),
  'a raw fragment in where': (db) =>
    db
      .selectFrom('note')
      .select(port)
      .where(sql<boolean>`random() >= 0`),
  'a raw statement with a leading comment': (db) => raw(db, '/* read */ select inet_server_port() as port'),
  'a raw with-insert': (db) =>
    raw(
      db,
      `with a as (insert into note (author, value) values ('raw', 1)) select inet_server_port() as port`,
    ),
  'a raw call': (db) => raw(db, `do $$ begin perform 1; end $$`),
  'a raw modifier in front': (db) => ({
    compile: () =>
      db
        .selectFrom('note')
        .select(port)
        .modifyFront(sql`all`)
        .compile(),
    execute: () =>
      db
        .selectFrom('note')
        .select(port)
        .modifyFront(sql`all`)
        .execute(),
  }),
};

/** Every form of the routing table. */
export const ROUTING_CASES: readonly RoutingCase[] = [
  ...Object.entries(reads).map(([name, build]) => ({ name, build, route: 'replica' as const })),
  ...Object.entries(writes).map(([name, build]) => ({ name, build, route: 'primary' as const })),
];

function raw(db: Kysely<TestSchema>, text: string): Statement {
  const statement = sql.raw<Row>(text);
  return {
    compile: () => statement.compile(db),
    execute: async () => (await statement.execute(db)).rows,
  };
}
