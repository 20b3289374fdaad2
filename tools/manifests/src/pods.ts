import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { isRecord, type KubernetesObject } from './kubernetes-object.ts';

/** A place in a pod that names a ConfigMap or a Secret; assigning `name` renames the reference. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  /** The key asked for, or undefined when all keys are. */
  readonly key?: string;
  /** The pod starts without it. */
  readonly isOptional: boolean;
  name: string;
}

/** The pod template of a Deployment or Job; undefined for what makes no pods. */
export function podTemplateOf(object: KubernetesObject): IPodTemplateSpec | undefined {
  if (object.kind !== 'Deployment' && object.kind !== 'Job') return undefined;
  const spec = object['spec'];
  return isRecord(spec) && isRecord(spec['template']) ? spec['template'] : undefined;
}

/** All containers of a pod, those that run before the others included. */
export function containersOf(pod: IPodSpec) {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/** Every mention of a ConfigMap or Secret in a pod. */
export function referencesOf(pod: IPodSpec): Reference[] {
  const found: Reference[] = [];
  const note = (kind: Reference['kind'], holder: object | undefined, field: string, key?: string) => {
    if (holder !== undefined)
      found.push(reference(kind, holder as Record<string, string | boolean>, field, key));
  };
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) {
      note('ConfigMap', source.configMapRef, 'name');
      note('Secret', source.secretRef, 'name');
    }
    for (const { valueFrom } of container.env ?? []) {
      note('ConfigMap', valueFrom?.configMapKeyRef, 'name', valueFrom?.configMapKeyRef?.key);
      note('Secret', valueFrom?.secretKeyRef, 'name', valueFrom?.secretKeyRef?.key);
    }
  }
  for (const volume of pod.volumes ?? []) {
    note('ConfigMap', volume.configMap, 'name');
    note('Secret', volume.secret, 'secretName');
  }
  return found;
}

function reference(
  kind: Reference['kind'],
  holder: Record<string, string | boolean>,
  field: string,
  key: string | undefined,
): Reference {
  return {
    kind,
    ...(key === undefined ? {} : { key }),
    isOptional: holder['optional'] === true,
    get name() {
      return String(holder[field] ?? '');
    },
    set name(value) {
      holder[field] = value;
    },
  };
}

/** The pods that an object of a release makes. */
export interface PodMaker {
  readonly owner: KubernetesObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
}

/** Everything in a release that makes pods. */
export function podMakersOf(objects: readonly KubernetesObject[]): PodMaker[] {
  return objects.flatMap((owner) => {
    const template = podTemplateOf(owner);
    return template?.spec === undefined
      ? []
      : [{ owner, labels: template.metadata?.labels ?? {}, spec: template.spec }];
  });
}
