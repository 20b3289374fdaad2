import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { plainVariables } from '../environment.ts';
import { isRecord, nameOf } from '../kubernetes-object.ts';
import { containersOf, podMakersOf } from '../pods.ts';
import { quantity } from '../quantity.ts';
import type { Check } from './check.ts';

/** Every pod, those of jobs included, meets the "restricted" pod security standard and a little more. */
export const podsAreRestricted: Check = ({ objects }) =>
  podMakersOf(objects).flatMap(({ owner, spec }) => [
    ...failing(podRules, spec).map((rule) => `${nameOf(owner)}: ${rule}`),
    ...containersOf(spec).flatMap((container) =>
      failing(containerRules, container).map((rule) => `${nameOf(owner)}: ${container.name}: ${rule}`),
    ),
  ]);

const podRules: Record<string, (pod: IPodSpec) => boolean> = {
  'runs as root': ({ securityContext: context }) =>
    context?.runAsNonRoot === true && context.runAsUser === 10001,
  'has no seccomp profile': ({ securityContext: context }) =>
    context?.seccompProfile?.type === 'RuntimeDefault',
  'mounts a token of the API server': ({ automountServiceAccountToken: mounts }) => mounts === false,
  'runs as the default service account': ({ serviceAccountName: name }) =>
    name !== undefined && name !== 'default',
  'gets variables from every Service': ({ enableServiceLinks: links }) => links === false,
  'shares something with its node': ({ hostNetwork, hostPID, hostIPC, volumes = [] }) =>
    hostNetwork !== true &&
    hostPID !== true &&
    hostIPC !== true &&
    volumes.every((volume) => !volume.hostPath),
  'has a folder in memory or on disk without a limit': ({ volumes = [] }) =>
    volumes.every(({ emptyDir }) => emptyDir === undefined || emptyDir.sizeLimit !== undefined),
};

const containerRules: Record<string, (container: IContainer) => boolean> = {
  'may gain privileges': ({ securityContext: context }) =>
    context?.allowPrivilegeEscalation === false && context.privileged !== true,
  'keeps capabilities': ({ securityContext: context }) =>
    context?.capabilities?.drop?.includes('ALL') === true && context.capabilities.add === undefined,
  'may write to its root file system': ({ securityContext: context }) =>
    context?.readOnlyRootFilesystem === true,
  'weakens what the pod sets': ({ securityContext: context }) =>
    context?.runAsUser === undefined &&
    context?.runAsNonRoot === undefined &&
    context?.seccompProfile === undefined,
  'opens a port of its node': ({ ports = [] }) => ports.every(({ hostPort }) => hostPort === undefined),
  'lacks a request or a limit': ({ resources }) =>
    ['cpu', 'memory', 'ephemeral-storage'].every(
      (name) => resources?.requests?.[name] && resources.limits?.[name],
    ),
};

function failing<Subject>(rules: Record<string, (subject: Subject) => boolean>, subject: Subject): string[] {
  return Object.entries(rules).flatMap(([fault, isFine]) => (isFine(subject) ? [] : [fault]));
}

/** Memory of Node outside its old space: code, stacks, young space, buffers, native libraries. */
const OUTSIDE_HEAP_BYTES = 160 * 1024 ** 2;

/** V8 collects before the kernel kills: the old space and all else fit below the limit. */
export const heapsFitMemory: Check = (release) =>
  podMakersOf(release.objects).flatMap(({ owner, spec }) =>
    owner.kind !== 'Deployment'
      ? []
      : spec.containers.flatMap((container) => {
          const { NODE_OPTIONS: options, DATABASE_POOL_MAX: pool } = plainVariables(release, container);
          if (pool === undefined) return [];
          const heapMiB = /--max-old-space-size=(\d+)/.exec(options ?? '')?.[1];
          if (heapMiB === undefined) return [`${nameOf(owner)} has no --max-old-space-size`];
          const limit = quantity(container.resources?.limits?.['memory'] ?? 0);
          return Number(heapMiB) * 1024 ** 2 + OUTSIDE_HEAP_BYTES <= limit
            ? []
            : [
                `${nameOf(owner)}: a heap of ${heapMiB} MiB does not fit its limit of ${limit / 1024 ** 2} MiB`,
              ];
        }),
  );

/** Nothing secret stands in a ConfigMap or in a variable: neither by its name nor as a password in a URL. */
export const secretsAreReferences: Check = ({ objects }) => {
  const plain = [
    ...objects.flatMap(({ kind, metadata, data }) =>
      kind === 'ConfigMap' && isRecord(data)
        ? Object.entries(data).map(([name, value]) => [`ConfigMap/${metadata.name}`, name, value] as const)
        : [],
    ),
    ...podMakersOf(objects).flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap(({ env = [] }) =>
        env.map(({ name, value }) => [nameOf(owner), name, value] as const),
      ),
    ),
  ];
  return plain
    .filter(
      ([, name, value]) =>
        typeof value === 'string' && (isSecretName(name) || /:\/\/[^/\s]*:[^/\s]*@/.test(value)),
    )
    .map(([where, name]) => `${where}: ${name} holds a secret`);
};

function isSecretName(name: string): boolean {
  return /SECRET|PASSWORD|TOKEN|API_KEY|PRIVATE/.test(name);
}
