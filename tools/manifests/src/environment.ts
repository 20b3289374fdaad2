import type { IContainer } from 'kubernetes-models/v1/Container';
import { isRecord } from './kubernetes-object.ts';
import type { Release } from './release.ts';

/** The variables of a container whose values the manifests hold: its own, and those of its ConfigMaps. */
export function plainVariables({ objects }: Release, container: IContainer): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    if (isRecord(map?.['data'])) Object.assign(variables, map['data']);
  }
  for (const { name, value } of container.env ?? []) if (value !== undefined) variables[name] = value;
  return variables;
}
