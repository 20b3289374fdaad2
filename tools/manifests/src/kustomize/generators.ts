import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Generator } from './kustomization.ts';

/** The ConfigMap or Secret of a generator; file paths are relative to `directory`. */
export function generate(kind: 'ConfigMap' | 'Secret', rule: Generator, directory: string): KubernetesObject {
  const data: Record<string, string> = {};
  const add = (key: string, value: string) => {
    if (key in data) throw new Error(`${directory}: ${kind} ${rule.name} has the key ${key} twice`);
    data[key] = kind === 'Secret' ? base64(value) : value;
  };
  for (const literal of rule.literals ?? []) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new Error(`${directory}: "${literal}" of ${kind} ${rule.name} is not KEY=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1));
  }
  for (const path of rule.files ?? []) add(basename(path), readFileSync(join(directory, path), 'utf8'));
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: rule.name },
    ...(kind === 'Secret' ? { type: 'Opaque' } : {}),
    data,
  };
}

/** Kustomize breaks long base64 into lines, and the lines are part of the content it hashes. */
function base64(value: string): string {
  const text = Buffer.from(value).toString('base64');
  return text.length < 70 ? text : text.replaceAll(/.{1,70}/g, '$&\n');
}
