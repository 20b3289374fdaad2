import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { isRecord } from '../kubernetes-object.ts';

/** A ConfigMap or Secret made of literals and files. */
export interface Generator {
  readonly name: string;
  readonly behavior?: 'create' | 'merge';
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
}

/** A JSON 6902 patch, and which objects it applies to. */
export interface PatchRule {
  readonly path: string;
  readonly target: { readonly kind: string; readonly name?: string };
}

/** The fields of a kustomization.yaml that this builder knows; it refuses every other. */
export interface Kustomization {
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly labels?: readonly {
    readonly pairs: Record<string, string>;
    readonly includeTemplates?: boolean;
  }[];
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string }[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly patches?: readonly PatchRule[];
}

type Shape =
  'text' | 'flag' | 'texts' | 'pairs' | { one: Record<string, Shape> } | { many: Record<string, Shape> };

const generator: Shape = { many: { name: 'text', behavior: 'text', literals: 'texts', files: 'texts' } };

const shape: Record<string, Shape> = {
  apiVersion: 'text',
  kind: 'text',
  namespace: 'text',
  resources: 'texts',
  labels: { many: { pairs: 'pairs', includeTemplates: 'flag' } },
  images: { many: { name: 'text', newName: 'text', newTag: 'text' } },
  configMapGenerator: generator,
  secretGenerator: generator,
  patches: { many: { path: 'text', target: { one: { kind: 'text', name: 'text' } } } },
};

/** Reads the kustomization.yaml of a folder; throws on a field this builder does not implement exactly. */
export function readKustomization(directory: string): Kustomization {
  const file = join(directory, 'kustomization.yaml');
  const value = parseYaml(readFileSync(file, 'utf8'), file);
  requireFields(value, shape, file);
  return value as Kustomization;
}

/** One YAML document; duplicate keys, a second document and syntax errors are faults. */
export function parseYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { version: '1.2' });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return document.toJS();
}

function requireFields(value: unknown, fields: Record<string, Shape>, where: string): void {
  if (!isRecord(value)) throw new Error(`${where}: expected a mapping`);
  for (const [name, field] of Object.entries(value)) {
    const expected = fields[name];
    if (expected === undefined) throw new Error(`${where}: "${name}" is not a field this builder knows`);
    requireShape(field, expected, `${where}: ${name}`);
  }
}

function requireShape(value: unknown, expected: Shape, where: string): void {
  if (typeof expected === 'object') {
    if ('one' in expected) {
      requireFields(value, expected.one, where);
      return;
    }
    if (!Array.isArray(value)) throw new Error(`${where}: expected a list`);
    value.forEach((item: unknown, index) => requireFields(item, expected.many, `${where}[${index}]`));
    return;
  }
  const isFine = {
    text: () => typeof value === 'string',
    flag: () => typeof value === 'boolean',
    texts: () => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    pairs: () => isRecord(value) && Object.values(value).every((item) => typeof item === 'string'),
  }[expected]();
  if (!isFine) throw new Error(`${where}: expected ${expected}`);
}
