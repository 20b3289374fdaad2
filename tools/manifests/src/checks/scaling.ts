import { isDeepStrictEqual } from 'node:util';
import { nameOf } from '../kubernetes-object.ts';
import { matches } from '../labels.ts';
import { ofKind, type Release, type Typed } from '../release.ts';
import type { Check } from './check.ts';

const range = { dev: { min: 1, max: 2 }, production: { min: 3, max: 20 } };

const metrics = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
  { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } } },
];

const behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 60,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
  },
};

/** Every Deployment is scaled by exactly one autoscaler, with the numbers of the specification, and none is left over. */
export const autoscalersRule: Check = (release) => {
  const deployments = ofKind(release, 'Deployment');
  const faults = ofKind(release, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const { minReplicas: min, maxReplicas: max } = scaler.spec;
    const actual = { range: { min, max }, metrics: scaler.spec.metrics, behavior: scaler.spec.behavior };
    const expected = { range: range[release.environment], metrics, behavior };
    return [
      ...(deployments.some((deployment) => isTarget(scaler, deployment))
        ? []
        : ['its target does not exist']),
      ...(['range', 'metrics', 'behavior'] as const)
        .filter((field) => !isDeepStrictEqual(actual[field], expected[field]))
        .map(
          (field) => `${field} is ${JSON.stringify(actual[field])}, not ${JSON.stringify(expected[field])}`,
        ),
    ].map((fault) => `${nameOf(scaler)}: ${fault}`);
  });
  for (const deployment of deployments) {
    const count = scalersOf(release, deployment).length;
    if (count !== 1) faults.push(`${nameOf(deployment)} has ${count} autoscalers`);
    if (deployment.spec?.replicas !== undefined)
      faults.push(`${nameOf(deployment)} has replicas beside an autoscaler`);
  }
  return faults;
};

/** Every Deployment has one disruption budget, which lets at least one pod go while the autoscaler is at its minimum. */
export const disruptionBudgetsLetNodesDrain: Check = (release) => {
  const budgets = ofKind(release, 'PodDisruptionBudget');
  return ofKind(release, 'Deployment').flatMap((deployment) => {
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    const own = budgets.filter(({ spec }) => spec?.selector !== undefined && matches(spec.selector, labels));
    const [budget] = own;
    if (budget === undefined || own.length > 1)
      return [`${nameOf(deployment)} has ${own.length} disruption budgets`];
    const min = scalersOf(release, deployment)[0]?.spec.minReplicas ?? 1;
    const { maxUnavailable, minAvailable } = budget.spec ?? {};
    const lets =
      maxUnavailable === undefined ? min - podsOf(minAvailable ?? 0, min) : podsOf(maxUnavailable, min);
    return lets >= 1 ? [] : [`${nameOf(budget)} never lets a pod go while there are ${min}`];
  });
};

/** A rolling update never takes a pod away before its successor is ready. */
export const updatesKeepCapacity: Check = (release) =>
  ofKind(release, 'Deployment')
    .filter(({ spec }) => spec?.strategy?.rollingUpdate?.maxUnavailable !== 0)
    .map((deployment) => `${nameOf(deployment)} may lose pods in a rolling update`);

/** The autoscalers that scale a Deployment. */
export function scalersOf(release: Release, deployment: Typed<'Deployment'>) {
  return ofKind(release, 'HorizontalPodAutoscaler').filter((scaler) => isTarget(scaler, deployment));
}

/** A number of pods, or a share of `total` that is rounded up, as the API does for budgets and surges. */
export function podsOf(value: number | string, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number(value.replace('%', '')) / 100) * total);
}

function isTarget({ spec }: Typed<'HorizontalPodAutoscaler'>, deployment: Typed<'Deployment'>): boolean {
  const target = spec.scaleTargetRef;
  return (
    target.kind === 'Deployment' &&
    target.name === deployment.metadata.name &&
    target.apiVersion === 'apps/v1'
  );
}
