import { plainVariables } from '../environment.ts';
import { nameOf } from '../kubernetes-object.ts';
import { ofKind, type Release } from '../release.ts';
import type { Check } from './check.ts';
import { podsOf, scalersOf } from './scaling.ts';

/** Beside its pool a process keeps one connection to each server, to ask how it is. */
const PROBE = 1;

/** What a Deployment's pods may hold open on one Postgres server. */
export interface Demand {
  readonly deployment: string;
  /** Pods at full scale, with those a rolling update adds. */
  readonly pods: number;
  readonly connectionsPerPod: number;
}

/** The connections of every Deployment at the worst moment: an update at full scale. */
export function connectionDemand(release: Release): Demand[] {
  return ofKind(release, 'Deployment').flatMap((deployment) => {
    const container = deployment.spec?.template.spec?.containers[0];
    const variables = container === undefined ? {} : plainVariables(release, container);
    if (variables['DATABASE_POOL_MAX'] === undefined) return [];
    const max = scalersOf(release, deployment)[0]?.spec.maxReplicas ?? 1;
    return [
      {
        deployment: nameOf(deployment),
        pods: max + podsOf(deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%', max),
        connectionsPerPod: (Number(variables['DATABASE_POOL_MAX']) + PROBE) * Number(variables['WORKERS']),
      },
    ];
  });
}

/** All pools of all pods at full scale, in the middle of an update, fit into Postgres. */
export const poolsFitPostgres: Check = (release) => {
  const demand = connectionDemand(release);
  const users = podsThatUsePostgres(release);
  if (demand.length !== users)
    return [`${users} Deployments use Postgres, but ${demand.length} limit their pool`];
  const total = demand.reduce((sum, { pods, connectionsPerPod }) => sum + pods * connectionsPerPod, 0);
  const { maxConnections, reserved } = release.postgres;
  // NaN is no fit: `WORKERS=auto` can't be added up.
  if (total <= maxConnections - reserved) return [];
  return [
    `The pools may open ${total} connections; Postgres has ${maxConnections}, ${reserved} of them reserved`,
  ];
};

function podsThatUsePostgres(release: Release): number {
  return ofKind(release, 'Deployment').filter(({ spec }) =>
    spec?.template.spec?.containers.some(({ env }) => env?.some(({ name }) => name === 'DATABASE_URL')),
  ).length;
}
