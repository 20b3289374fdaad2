import { nameOf } from '../kubernetes-object.ts';
import { matches } from '../labels.ts';
import { podMakersOf } from '../pods.ts';
import { ofKind } from '../release.ts';
import type { Check } from './check.ts';

/** A policy denies everything by default, and every pod has at least one of its own that says what it needs. */
export const podsAreIsolated: Check = (release) => {
  const policies = ofKind(release, 'NetworkPolicy');
  const isEverything = (selector: object) => matches(selector, {});
  const denies = policies.some(
    ({ spec }) =>
      isEverything(spec?.podSelector ?? {}) &&
      spec?.policyTypes?.join() === 'Ingress,Egress' &&
      spec.ingress === undefined &&
      spec.egress === undefined,
  );
  const uncovered = podMakersOf(release.objects).filter(({ labels }) =>
    (['Ingress', 'Egress'] as const).some(
      (direction) =>
        !policies.some(
          ({ spec }) =>
            spec?.policyTypes?.includes(direction) === true &&
            !isEverything(spec.podSelector ?? {}) &&
            matches(spec.podSelector ?? {}, labels),
        ),
    ),
  );
  return [
    ...(denies ? [] : ['no policy denies everything by default']),
    ...uncovered.map(
      ({ owner }) => `the pods of ${nameOf(owner)} have no policy of their own for both directions`,
    ),
  ];
};
