import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isKubernetesObject, nameOf, type KubernetesObject } from '../kubernetes-object.ts';
import { podTemplateOf, referencesOf } from '../pods.ts';
import { generate } from './generators.ts';
import { applyPatch, isPatch } from './json-patch.ts';
import { parseYaml, readKustomization, type Generator, type PatchRule } from './kustomization.ts';
import { nameHash } from './name-hash.ts';
import { addLabels, setImages, setNamespace } from './transformers.ts';

/**
 * What `kubectl kustomize` makes of a folder, for the fields that `readKustomization` knows; all else is refused.
 * The tests compare it with kubectl object by object wherever kubectl is installed.
 */
export function buildKustomization(directory: string): KubernetesObject[] {
  const { objects, generated } = accumulate(directory);
  hashNames(objects, generated);
  return objects;
}

interface Accumulated {
  readonly objects: KubernetesObject[];
  /** Those of the objects that a generator made. */
  readonly generated: Set<KubernetesObject>;
}

function accumulate(directory: string): Accumulated {
  const rules = readKustomization(directory);
  const all: Accumulated = { objects: [], generated: new Set() };
  for (const resource of rules.resources ?? []) {
    const path = join(directory, resource);
    if (statSync(path).isDirectory()) {
      const { objects, generated } = accumulate(path);
      for (const object of objects) add(all, object, directory);
      for (const object of generated) all.generated.add(object);
    } else {
      add(all, readObject(path), directory);
    }
  }
  for (const rule of rules.configMapGenerator ?? []) addGenerated(all, 'ConfigMap', rule, directory);
  for (const rule of rules.secretGenerator ?? []) addGenerated(all, 'Secret', rule, directory);
  for (const rule of rules.patches ?? []) patch(all.objects, rule, directory);
  if (rules.namespace !== undefined) setNamespace(all.objects, rules.namespace);
  for (const rule of rules.labels ?? []) addLabels(all.objects, rule);
  if (rules.images !== undefined) setImages(all.objects, rules.images);
  return all;
}

function readObject(file: string): KubernetesObject {
  const value = parseYaml(readFileSync(file, 'utf8'), file);
  if (!isKubernetesObject(value)) throw new Error(`${file}: not a Kubernetes object`);
  return value;
}

function add(all: Accumulated, object: KubernetesObject, directory: string): void {
  if (find(all, object) !== undefined) throw new Error(`${directory}: ${nameOf(object)} is there twice`);
  all.objects.push(object);
}

function find({ objects }: Accumulated, { kind, metadata }: KubernetesObject): KubernetesObject | undefined {
  return objects.find((other) => other.kind === kind && other.metadata.name === metadata.name);
}

function addGenerated(
  all: Accumulated,
  kind: 'ConfigMap' | 'Secret',
  rule: Generator,
  directory: string,
): void {
  const object = generate(kind, rule, directory);
  if (rule.behavior !== 'merge') {
    add(all, object, directory);
    all.generated.add(object);
    return;
  }
  const base = find(all, object);
  if (base === undefined || !all.generated.has(base)) {
    throw new Error(`${directory}: there is no generated ${nameOf(object)} to merge into`);
  }
  base['data'] = { ...(base['data'] as object), ...(object['data'] as object) };
}

function patch(objects: readonly KubernetesObject[], { path, target }: PatchRule, directory: string): void {
  const file = join(directory, path);
  const operations = parseYaml(readFileSync(file, 'utf8'), file);
  if (!isPatch(operations)) throw new Error(`${file}: not a JSON 6902 patch of add, remove and replace`);
  const targets = objects.filter(
    ({ kind, metadata }) => kind === target.kind && (target.name ?? metadata.name) === metadata.name,
  );
  if (targets.length === 0) throw new Error(`${file}: patches nothing`);
  for (const object of targets) applyPatch(object, operations, `${file}: ${nameOf(object)}`);
}

/** Gives generated objects their content hash, and renames what refers to them. */
function hashNames(objects: readonly KubernetesObject[], generated: ReadonlySet<KubernetesObject>): void {
  const renamed = new Map<string, string>();
  for (const object of generated) {
    const name = `${object.metadata.name}-${nameHash(object)}`;
    renamed.set(nameOf(object), name);
    object.metadata.name = name;
  }
  for (const object of objects) {
    const pod = podTemplateOf(object)?.spec;
    for (const reference of pod === undefined ? [] : referencesOf(pod)) {
      reference.name = renamed.get(`${reference.kind}/${reference.name}`) ?? reference.name;
    }
  }
}
