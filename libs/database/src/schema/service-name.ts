const FORMAT = /^[a-z][a-z0-9_]{0,49}$/;

/** The roles of a service's schema. Throws for a name that is no plain identifier. */
export function rolesOf(schema: string): { readonly owner: string; readonly app: string } {
  if (!FORMAT.test(schema)) throw new TypeError(`not a schema name: ${schema.slice(0, 60)}`);
  return { owner: `${schema}_owner`, app: `${schema}_app` };
}

/** Where extensions are installed, once for all services. */
export const EXTENSIONS_SCHEMA = 'extensions';
