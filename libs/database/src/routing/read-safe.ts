import { sql, type RawBuilder } from 'kysely';

// By text and not by node: plugins such as `withSchema` rebuild the nodes of a query. The texts are template literals
// of the program, so there are only as many as there are call sites.
const declared = new Set<string>();

/**
 * A `sql` fragment of which the author says that it neither writes nor locks, so that a select with it may run on a
 * replica. Interpolated fragments are looked at on their own.
 */
export function readSafe<Result = unknown>(
  fragments: TemplateStringsArray,
  ...parameters: unknown[]
): RawBuilder<Result> {
  declared.add(keyOf(fragments));
  return sql<Result>(fragments, ...parameters);
}

/** How many texts were declared safe so far. */
export function declaredCount(): number {
  return declared.size;
}

/** Whether this raw text was declared safe. */
export function isDeclaredSafe(fragments: readonly string[]): boolean {
  return declared.has(keyOf(fragments));
}

function keyOf(fragments: readonly string[]): string {
  return fragments.join('\u0000');
}
