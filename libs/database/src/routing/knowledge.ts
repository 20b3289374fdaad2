import { CALL_SYNTAX, hostBoundReason, SAFE_FUNCTIONS } from './safe-functions.ts';

/** What is known of a database's functions and relations. */
export type Knowledge = {
  /** Whether every function that a call of this name may mean is known to be stable. */
  isStable(schema: string | undefined, name: string): boolean;
  /** Why reading a relation of this name needs the primary, if it does. */
  objectionToRelation(schema: string | undefined, name: string): string | undefined;
};

/** What holds for every Postgres, as long as the catalogue is not known. */
export const BUILT_IN: Knowledge = {
  isStable: (schema, name) => (schema === undefined || schema === 'pg_catalog') && SAFE_FUNCTIONS.has(name),
  objectionToRelation: () => undefined,
};

// Kysely writes the name as it is given. Quoted names, and text that is more than a name, are not understood.
const NAME = /^(?:([a-z_][a-z0-9_$]*)\.)?([a-z_][a-z0-9_$]*)$/i;

/** Why a call of this function needs the primary, if it does. */
export function objectionToFunction(text: string, knowledge: Knowledge): string | undefined {
  const [, schema, name] = NAME.exec(text.toLowerCase()) ?? [];
  if (name === undefined) return `function ${text}`;
  if (schema === undefined && CALL_SYNTAX.has(name)) return undefined;
  if (hostBoundReason(name) !== undefined || !knowledge.isStable(schema, name)) return `function ${text}`;
  return undefined;
}
