import { CompiledQuery } from 'kysely';

import { knowledgeOf } from './catalogue-knowledge.ts';
import { FUNCTIONS_QUERY, RELATIONS_QUERY, type FunctionRow, type RelationRow } from './catalogue-query.ts';
import type { Knowledge } from './knowledge.ts';
import type { Router } from './router.ts';

/** Reads the catalogue from the first host that answers; the primary is the first, because it is never late. */
export async function loadCatalogue({ primary, replicas }: Router): Promise<Knowledge> {
  const errors: unknown[] = [];
  for (const host of [primary, ...replicas.filter(({ state }) => state === 'up')]) {
    try {
      return await host.provideConnection(async (connection) => {
        const functions = await connection.executeQuery<FunctionRow>(CompiledQuery.raw(FUNCTIONS_QUERY));
        const relations = await connection.executeQuery<RelationRow>(CompiledQuery.raw(RELATIONS_QUERY));
        return knowledgeOf(functions.rows, relations.rows);
      });
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, 'no host tells its catalogue');
}
