import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { errors } from './errors.ts';

/** Opaque to clients: where a page ended, as base64url of JSON. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a cursor that must look like `schema`. Throws the 400 `cursor.invalid` for anything else, other spellings of
 * a good cursor included: one position has one spelling, so that it can be part of a cache key.
 */
export function decodeCursor<Schema extends TSchema>(cursor: string, schema: Schema): Static<Schema> {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw errors.cursorInvalid();
  }
  if (!Value.Check(schema, position) || encodeCursor(position as (string | number)[]) !== cursor) {
    throw errors.cursorInvalid();
  }
  return position;
}
