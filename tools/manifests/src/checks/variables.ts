import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../kubernetes-object.ts';
import { k8sDirectory } from '../overlays.ts';
import { podMakersOf } from '../pods.ts';
import type { Check } from './check.ts';

/** What Node itself reads. */
const ofNode = ['NODE_OPTIONS', 'NODE_ENV'];

/** Every variable that the manifests set is one that the code knows: a misspelled one would do nothing, silently. */
export const variablesAreKnown: Check = ({ objects }) => {
  const names = new Set([
    ...podMakersOf(objects).flatMap(({ spec }) =>
      spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
    ),
    ...objects.flatMap(({ kind, data }) =>
      kind === 'ConfigMap' && isRecord(data) ? Object.keys(data).filter((key) => /^[A-Z]/.test(key)) : [],
    ),
  ]);
  const unknown = [...names].filter((name) => !ofNode.includes(name) && !isInSource(name));
  return unknown.map((name) => `no app and no library reads ${name}`);
};

let source: string | undefined;

function isInSource(name: string): boolean {
  source ??= ['apps', 'libs'].flatMap((folder) => texts(join(k8sDirectory, '..', folder))).join('\n');
  return new RegExp(`\\b${name}\\b`).test(source);
}

function texts(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : texts(path);
    return /(?<!\.test|\.d)\.ts$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}
