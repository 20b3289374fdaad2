import type { FunctionRow, RelationRow } from './catalogue-query.ts';
import type { Knowledge } from './knowledge.ts';
import { hostBoundReason } from './safe-functions.ts';

/** What the catalogue of one database tells, for the search path of the connection that read it. */
export function knowledgeOf(functions: readonly FunctionRow[], relations: readonly RelationRow[]): Knowledge {
  const volatility = new Map<string, ReadonlyMap<string, boolean>>();
  for (const { schema, stable, volatile } of functions) {
    volatility.set(
      schema,
      new Map([
        ...stable.map((name) => [name, true] as const),
        ...volatile.map((name) => [name, false] as const),
      ]),
    );
  }
  const path = functions.filter(({ isOnPath }) => isOnPath).map(({ schema }) => schema);
  const volatileNames = new Set(functions.flatMap(({ volatile }) => volatile));
  const objections = objectionsToRelations(relations, volatileNames);
  return {
    isStable(schema, name) {
      // Any schema on the path may hold the overload that fits best, so every one that knows the name has a say.
      const opinions = (schema === undefined ? path : [schema])
        .map((each) => volatility.get(each)?.get(name))
        .filter((isStable) => isStable !== undefined);
      return opinions.length > 0 && opinions.every((isStable) => isStable);
    },
    objectionToRelation: (schema, name) => {
      const found = objections.get(name);
      // Without a schema it may be any of that name: better one read too many on the primary.
      return schema === undefined ? found?.values().next().value : found?.get(schema);
    },
  };
}

type Objections = Map<string, Map<string, string>>;

function objectionsToRelations(
  relations: readonly RelationRow[],
  volatileNames: ReadonlySet<string>,
): Objections {
  const found = new Map<string, string>();
  for (const { id, kind, calls } of relations) {
    const call = calls.find((name) => volatileNames.has(name) || hostBoundReason(name) !== undefined);
    if (kind === 'sequence' || kind === 'unlogged') found.set(id, `${kind} relation`);
    else if (kind === 'server') found.set(id, 'view of the server');
    else if (call !== undefined) found.set(id, `relation that calls ${call}`);
  }
  // A view of such a relation is one too. Each round finds at least one more or is the last.
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { id, uses } of relations) {
      const reason = uses.map((used) => found.get(used)).find((each) => each !== undefined);
      if (reason !== undefined && !found.has(id)) found.set(id, reason);
    }
  }
  const objections: Objections = new Map();
  for (const { id, schema, name } of relations) {
    const reason = found.get(id);
    if (reason === undefined) continue;
    const bySchema = objections.get(name) ?? new Map<string, string>();
    objections.set(name, bySchema.set(schema, reason));
  }
  return objections;
}
