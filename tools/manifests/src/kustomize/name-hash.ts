import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../kubernetes-object.ts';

/**
 * The suffix kustomize gives a generated ConfigMap or Secret: a change of content is a new name, and so a rollout of
 * every pod that refers to it.
 */
export function nameHash(object: KubernetesObject): string {
  const { kind } = object;
  // Kustomize hashes a name too, but always finds an empty one.
  const content = { data: sorted(object['data'] ?? ''), kind, name: '' };
  const withType = kind === 'Secret' ? { ...content, type: object['type'] ?? '' } : content;
  const digest = createHash('sha256').update(goJson(withType)).digest('hex').slice(0, 10);
  return digest.replaceAll(/[013ae]/g, (letter) => replacements[letter] ?? letter);
}

/** Letters that could spell a word, or look alike, are replaced. */
const replacements: Record<string, string> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

function sorted(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON as Go writes it: three more characters are escaped than in JavaScript's. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
