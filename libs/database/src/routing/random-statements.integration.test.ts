import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Kysely, PostgresDialect, type CompiledQuery } from 'kysely';
import pg from 'pg';

import { Choices, shrink } from '../testing/choices.ts';
import { RANDOM_OBJECTS, randomStatement } from '../testing/random-statement.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import { knowledgeOf } from './catalogue-knowledge.ts';
import { FUNCTIONS_QUERY, RELATIONS_QUERY, type FunctionRow, type RelationRow } from './catalogue-query.ts';
import { classify } from './classify.ts';
import type { Knowledge } from './knowledge.ts';

const STATEMENTS = Number(process.env['RANDOM_STATEMENTS'] ?? 1_500);
const SEED = Number(process.env['RANDOM_SEED'] ?? 1);

type Rule = (query: CompiledQuery) => boolean;

describe(`random statements, seed ${SEED}`, () => {
  let cluster: TestCluster;
  let primary: pg.Client;
  let replica: pg.Client;
  let db: Kysely<TestSchema>;
  let knowledge: Knowledge;

  before(async () => {
    cluster = await startTestCluster({ replicas: 1 });
    await cluster.primary.query(RANDOM_OBJECTS);
    const [standby] = cluster.replicas;
    assert.ok(standby);
    await standby.catchUpWith(cluster.primary);
    primary = new pg.Client({ connectionString: cluster.primary.url('lab_app', 'app') });
    replica = new pg.Client({ connectionString: standby.url('lab_app', 'app') });
    await Promise.all([primary.connect(), replica.connect()]);
    db = new Kysely({
      dialect: new PostgresDialect({ pool: () => Promise.reject(new Error('only compiles')) }),
    });
    const functions = await primary.query<FunctionRow>(FUNCTIONS_QUERY);
    const relations = await primary.query<RelationRow>(RELATIONS_QUERY);
    knowledge = knowledgeOf(functions.rows, relations.rows);
  });
  after(async () => {
    await Promise.all([primary.end(), replica.end()]);
    await cluster.stop();
  });

  /** How a statement ends in a transaction that may only read: the code of its error, or `ok`. */
  const outcomeOn = async (client: pg.Client, { sql, parameters }: CompiledQuery): Promise<string> => {
    await client.query('begin read only');
    try {
      await client.query(sql, [...parameters]);
      return 'ok';
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      await client.query('rollback');
    }
  };
  /** A read that writes, or that a replica does not answer as the primary does. */
  const isWrong = async (rule: Rule, query: CompiledQuery) => {
    if (!rule(query)) return false;
    const expected = await outcomeOn(primary, query);
    return expected === '25006' || (await outcomeOn(replica, query)) !== expected;
  };
  const build = (given: readonly number[]) => randomStatement(new Choices({ given }), db);

  const findWrong = async (rule: Rule, count: number) => {
    for (let number = 0; number < count; number += 1) {
      const choices = new Choices({ seed: SEED * 1_000_003 + number });
      if (!(await isWrong(rule, randomStatement(choices, db)))) continue;
      return build(await shrink(choices.taken, (given) => isWrong(rule, build(given))));
    }
    return undefined;
  };

  test(`of ${STATEMENTS}, nothing that is called a read writes, and a replica answers it as the primary does`, async () => {
    const wrong = await findWrong(({ query }) => classify(query, knowledge).isRead, STATEMENTS);
    assert.equal(wrong, undefined, wrong && `${wrong.sql}\n${JSON.stringify(wrong.query, undefined, 1)}`);
  });

  test('they say something: many are reads, many write, most are valid', async () => {
    const counts = { read: 0, validRead: 0, write: 0 };
    for (let number = 0; number < 400; number += 1) {
      const query = randomStatement(new Choices({ seed: SEED * 1_000_003 + number }), db);
      const outcome = await outcomeOn(primary, query);
      const { isRead } = classify(query.query, knowledge);
      if (isRead) counts.read += 1;
      if (isRead && outcome === 'ok') counts.validRead += 1;
      if (!isRead && outcome === '25006') counts.write += 1;
    }
    assert.ok(counts.read > 60 && counts.validRead > counts.read / 2, JSON.stringify(counts));
    assert.ok(counts.write > 60, JSON.stringify(counts));
  });

  test('a rule that is too simple is found out, with a small example', async () => {
    const rules: Record<string, Rule> = {
      'every select reads': ({ query }) => query.kind === 'SelectQueryNode',
      'the first word tells': ({ sql }) => /^select\b/.test(sql),
    };
    for (const [name, rule] of Object.entries(rules)) {
      const wrong = await findWrong(rule, 200);
      assert.ok(wrong && wrong.sql.length < 400, `${name}: ${wrong?.sql ?? 'nothing found'}`);
    }
  });
});
