import { isRecord, nameOf } from '../kubernetes-object.ts';
import { matches } from '../labels.ts';
import { containersOf, podMakersOf, referencesOf, type PodMaker } from '../pods.ts';
import { ofKind, type Release } from '../release.ts';
import type { Check } from './check.ts';

/** Everything that is named exists: configuration with its keys, accounts, volumes, and ports of probes. */
export const podsFindWhatTheyName: Check = (release) =>
  podMakersOf(release.objects).flatMap((pod) =>
    [...missingConfiguration(release, pod), ...missingParts(release, pod)].map(
      (fault) => `${nameOf(pod.owner)}: ${fault}`,
    ),
  );

function missingConfiguration({ objects, secretsOutside }: Release, { spec }: PodMaker): string[] {
  return referencesOf(spec).flatMap(({ kind, name, key, isOptional }) => {
    const object = objects.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
    const data = object?.['data'];
    const keys = isRecord(data)
      ? Object.keys(data)
      : kind === 'Secret'
        ? secretsOutside.get(name)
        : undefined;
    if (keys === undefined) return isOptional ? [] : [`there is no ${kind} ${name}`];
    return key === undefined || keys.includes(key) ? [] : [`${kind} ${name} has no ${key}`];
  });
}

function missingParts({ objects }: Release, { spec }: PodMaker): string[] {
  const faults: string[] = [];
  const account = spec.serviceAccountName;
  if (!objects.some(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === account)) {
    faults.push(`there is no ServiceAccount ${account ?? 'default'}`);
  }
  for (const { name, ports = [], volumeMounts = [], ...container } of containersOf(spec)) {
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
      if (port !== undefined && !ports.some((own) => own.name === port || own.containerPort === port)) {
        faults.push(`a probe of ${name} asks port ${port}, which it does not open`);
      }
    }
    for (const mount of volumeMounts) {
      if (!spec.volumes?.some((volume) => volume.name === mount.name))
        faults.push(`there is no volume ${mount.name}`);
    }
  }
  return faults;
}

/** Every selector finds a pod, and every Service a port of it. */
export const selectorsFindPods: Check = (release) => {
  const pods = podMakersOf(release.objects);
  const services = ofKind(release, 'Service').flatMap((service) => {
    const chosen = pods.filter(({ labels }) =>
      matches({ matchLabels: service.spec?.selector ?? {} }, labels),
    );
    if (chosen.length !== 1) return [`${nameOf(service)} chooses the pods of ${chosen.length} objects`];
    return (service.spec?.ports ?? [])
      .filter(({ targetPort }) => !chosen.every(({ spec }) => opensPort(spec, targetPort)))
      .map(
        ({ targetPort }) =>
          `${nameOf(service)} sends to port ${targetPort ?? '?'}, which its pods do not open`,
      );
  });
  const budgets = ofKind(release, 'PodDisruptionBudget').filter(
    ({ spec }) => !pods.some(({ labels }) => spec?.selector !== undefined && matches(spec.selector, labels)),
  );
  const policies = ofKind(release, 'NetworkPolicy').filter(
    ({ spec }) => !pods.some(({ labels }) => matches(spec?.podSelector ?? {}, labels)),
  );
  return [...services, ...[...budgets, ...policies].map((object) => `${nameOf(object)} chooses no pods`)];
};

function opensPort(spec: PodMaker['spec'], port: number | string | undefined): boolean {
  return containersOf(spec).some(({ ports = [] }) =>
    ports.some(({ name, containerPort }) => name === port || containerPort === port),
  );
}

/** A ConfigMap or Secret that nothing reads is a typo somewhere, or rubbish. */
export const configurationIsRead: Check = ({ objects }) => {
  const read = new Set(
    podMakersOf(objects).flatMap(({ spec }) => referencesOf(spec).map(({ kind, name }) => `${kind}/${name}`)),
  );
  return objects
    .filter((object) => ['ConfigMap', 'Secret'].includes(object.kind) && !read.has(nameOf(object)))
    .map((object) => `nothing reads ${nameOf(object)}`);
};
