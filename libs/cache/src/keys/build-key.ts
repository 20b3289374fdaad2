/** A part of a key: an id, a slug, a language, a tenant. The number 1 and the text '1' are the same part. */
export type KeyPart = string | number;

/**
 * The parts as one key, or one tag: different parts never give the same, whatever they contain. Refuses what is
 * neither text nor a whole number: with `undefined` for a tenant, all tenants would share a key.
 */
export function buildKey(...parts: readonly [name: string, ...others: KeyPart[]]): string {
  let key = '';
  for (const [index, part] of parts.entries()) {
    if (typeof part !== 'string' && !Number.isSafeInteger(part)) {
      throw new TypeError(
        `part ${index} of cache key ${parts[0]} must be text or a whole number, got ${part}`,
      );
    }
    const text = String(part);
    key += (index === 0 ? '' : ':') + (/[%:]/u.test(text) ? escape(text) : text);
  }
  return key;
}

function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(':', '%3A');
}
