import { SLUG_LENGTH_MAX, SLUG_PATTERN, UUID_PATTERN } from './shared-schemas.ts';

const UUID = new RegExp(UUID_PATTERN, 'u');
const SLUG = new RegExp(SLUG_PATTERN, 'u');

/** How a path names a course. */
export type Reference = { readonly id: string } | { readonly slug: string };

/** Reads an id or a slug; undefined when no course can have such a name, so that nobody need be asked. */
export function parseReference(text: string): Reference | undefined {
  const id = text.toLowerCase();
  if (UUID.test(id)) return { id };
  return isSlug(text) ? { slug: text } : undefined;
}

/** Whether a lesson or chapter can have this slug. */
export function isSlug(text: string): boolean {
  return text.length <= SLUG_LENGTH_MAX && SLUG.test(text);
}
