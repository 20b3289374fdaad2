import {
  expressionBuilder,
  ExpressionWrapper,
  sql,
  type AliasableExpression,
  type CompiledQuery,
  type DeleteQueryBuilder,
  type Expression,
  type Kysely,
  type QueryCreator,
  type SelectQueryBuilder,
} from 'kysely';

import { readSafe } from '../routing/read-safe.ts';
import type { Choices } from './choices.ts';
import type { TestSchema } from './test-cluster.ts';

/** What random statements call and read beside the table `note`: functions of `int`, and relations with an `id`. */
export const RANDOM_OBJECTS = `
  create function lab.doubled(n int) returns int stable language sql return n * 2;
  create function lab.record(n int) returns int volatile language plpgsql as
    'begin insert into lab.note (author, value) values (''random'', n); return n; end';
  create function lab.mixed(n int) returns int immutable language sql return n;
  create function lab.mixed(n text) returns int volatile language sql return lab.record(1);
  create function lab.total_step(total int, n int) returns int volatile language sql return lab.record(total + n);
  create aggregate lab.total(int) (sfunc = lab.total_step, stype = int, initcond = '0');
  create view lab.quiet as select id from lab.note;
  create view lab.drawing as select nextval('lab.ticket')::int as id;
  create view lab.recording as select lab.record(1) as id from lab.quiet;
  create unlogged table lab.scratch (id int);
  insert into lab.note (author, value) values ('a', 1), ('b', 2);
  grant select on lab.quiet, lab.drawing, lab.recording, lab.scratch to lab_app`;

const SAFE_CALLS = ['abs', 'coalesce', 'greatest', 'doubled', 'lab.doubled', 'sum', 'max', 'length'];
const OTHER_CALLS = ['record', 'lab.record', 'mixed', 'total', 'lab.total'];
const RELATIONS = ['note', 'note', 'note', 'quiet', 'drawing', 'recording', 'scratch', 'ticket'];
const LOCKS = ['forUpdate', 'forShare', 'forKeyShare', 'forNoKeyUpdate'] as const;

/** As far as the types of random trees can be known: every relation has an id. */
type Tables = Record<'note' | 'r' | 'j' | 'c', { id: number; value: number; author: string }>;
type Select = SelectQueryBuilder<Tables, 'r', { id: number }>;
type Write = DeleteQueryBuilder<Tables, 'note', { id: number }>;
type Value = AliasableExpression<number>;

/** A random statement over the test schema, mostly selects, mostly valid; with the choices all 0 a plain select. */
export function randomStatement(choices: Choices, database: Kysely<TestSchema>): CompiledQuery {
  const db = database as unknown as Kysely<Tables>;
  const eb = expressionBuilder<Tables, 'r'>();
  const call = (name: string, ...values: Expression<unknown>[]): Value => eb.fn<number>(name, values);
  // Any relation may stand where the types know only these.
  const relation = (alias: 'r' | 'j') =>
    `${choices.once(5) ? choices.one(RELATIONS) : 'note'} as ${alias}` as `note as r`;

  const value = (depth: number): Value => {
    const number = sql.lit(choices.pick(3) + 1);
    const part = depth > 0 ? choices.pick(12) : 0;
    if (part === 0 || part >= 10) return eb.ref('r.id');
    if (part === 1) return eb.val(number);
    if (part === 2) return readSafe<number>`7`;
    if (part === 3)
      return new ExpressionWrapper<Tables, 'r', number>(
        select(depth - 1, 1)
          .limit(1)
          .toOperationNode(),
      );
    if (part === 4) return special();
    if (part === 5)
      return eb
        .case()
        .when(value(depth - 1), '>', 1)
        .then(value(depth - 1))
        .else(0)
        .end();
    if (part === 6) return eb.fn.agg<number>(choices.one(['sum', 'max', 'total']), [value(depth - 1)]).over();
    return call(choices.one(choices.once(6) ? OTHER_CALLS : SAFE_CALLS), value(depth - 1));
  };

  const special = (): Value => {
    const ticket = sql.lit('ticket');
    return choices.one<() => Value>([
      () => call('nextval', ticket),
      () => sql<number>`lab.record(2)`,
      () => readSafe<number>`(2 + ${sql`lab.record(3)`})`,
      () => call('setval', ticket, sql.lit(7)),
      () => call('pg_current_xact_id'),
      () => call(`abs(nextval('ticket')) + abs`, sql.lit(1)),
      () => sql<number>`1`,
    ])();
  };

  const select = (depth: number, columns: number): Select => {
    const isNested = depth > 0 && choices.once(5);
    let query: Select = (
      isNested ? db.selectFrom(select(depth - 1, 1).as('r')) : db.selectFrom(relation('r'))
    ).select(['id', 'other'].slice(0, columns).map((name) => value(depth).as(name as 'id')));
    if (depth > 0 && choices.once(6)) query = query.leftJoin(relation('j'), (join) => join.onTrue());
    if (choices.once(3)) query = query.where(value(depth), choices.one(['=', '>', '<>']), value(depth));
    if (depth > 0 && choices.once(5)) query = query.where(eb.exists(select(depth - 1, 1)));
    if (choices.once(6)) query = query.distinct();
    if (choices.once(9)) query = query[choices.one(LOCKS)]();
    if (choices.once(5)) query = query.orderBy('id', choices.one(['asc', 'desc']));
    if (choices.once(5)) query = query.limit(choices.pick(3));
    if (depth > 0 && choices.once(6)) query = query.unionAll(select(depth - 1, columns));
    return query;
  };

  // Kysely's builders of writes have no type in common; what counts here, they share.
  const write = (on: QueryCreator<Tables>): Write =>
    choices.one<() => unknown>([
      () => on.insertInto('note').values({ id: 1, author: 'w', value: 1 }).returning('id'),
      () => on.updateTable('note').set({ value: 3 }).returning('id'),
      () => on.deleteFrom('note').where('id', '<', 0).returning('id'),
    ])() as Write;

  if (choices.once(12)) return write(db).compile();
  const query = select(2, 1 + choices.pick(2));
  if (!choices.once(5)) return query.compile();
  // A common table expression in front, which writes half of the time.
  const isWrite = choices.pick(2) === 1;
  return db
    .with('c', (on) => (isWrite ? write(on) : (on.selectFrom('note').select('id') as unknown as Write)))
    .selectFrom(query.as('r'))
    .select('r.id')
    .compile();
}
