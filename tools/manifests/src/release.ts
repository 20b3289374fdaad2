import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IService } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';
import { isKubernetesObject, type KubernetesObject } from './kubernetes-object.ts';
import { buildKustomization } from './kustomize/build.ts';
import { parseYaml } from './kustomize/kustomization.ts';
import { k8sDirectory, overlayDirectory } from './overlays.ts';

/** Which objects of a kind there are; only kinds that checks look into are named. */
interface Kinds {
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Service: IService;
}

/** All that runs in one cluster: the jobs and the apps of a release, and what they expect to find there. */
export interface Release {
  readonly environment: Environment;
  readonly objects: readonly KubernetesObject[];
  /** Secrets that come from outside the repository, as secrets.example.yaml lists them: keys by name. */
  readonly secretsOutside: ReadonlyMap<string, readonly string[]>;
  readonly postgres: { readonly maxConnections: number; readonly reserved: number };
}

/** The clusters there are overlays for. */
export const environments = ['dev', 'production'] as const;

/** A cluster there is an overlay for. */
export type Environment = (typeof environments)[number];

/** An object that is known to have the fields of its kind; the schemas are checked before anything else. */
export type Typed<Kind extends keyof Kinds> = KubernetesObject & Kinds[Kind];

/** Builds the overlays of an environment. */
export function loadRelease(environment: Environment): Release {
  const directory = overlayDirectory(environment);
  return {
    environment,
    objects: [...buildKustomization(directory), ...buildKustomization(join(directory, 'jobs'))],
    secretsOutside: environment === 'production' ? exampleSecrets() : new Map(),
    postgres: postgresLimits(environment),
  };
}

/** The objects of a kind. */
export function ofKind<Kind extends keyof Kinds>({ objects }: Release, kind: Kind): Typed<Kind>[] {
  return objects.filter((object): object is Typed<Kind> => object.kind === kind);
}

function exampleSecrets(): Map<string, readonly string[]> {
  const text = readFileSync(join(k8sDirectory, 'secrets.example.yaml'), 'utf8');
  return new Map(
    parseAllDocuments(text).map((document) => {
      const secret: unknown = document.toJS();
      if (!isKubernetesObject(secret))
        throw new Error('secrets.example.yaml holds something that is no Secret');
      return [secret.metadata.name, Object.keys(secret['stringData'] as object)];
    }),
  );
}

function postgresLimits(environment: Environment): Release['postgres'] {
  const file = join(k8sDirectory, 'postgres.yaml');
  const limits = parseYaml(readFileSync(file, 'utf8'), file) as Record<Environment, Release['postgres']>;
  return limits[environment];
}
