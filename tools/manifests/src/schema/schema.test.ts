import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { applyPatch, type PatchOperation } from '../kustomize/json-patch.ts';
import { overlayDirectory, overlays } from '../overlays.ts';
import { schemaFaults } from './api-schema.ts';
import { unknownFields } from './unknown-fields.ts';

const production = buildKustomization(overlayDirectory('production'));

/** A production object with one change. */
function broken(kind: string, operation: PatchOperation): KubernetesObject {
  const object = structuredClone(production.find((candidate) => candidate.kind === kind));
  assert(object);
  applyPatch(object, [operation], kind);
  return object;
}

describe('the API schemas', () => {
  it('accept every object of every overlay, with no field unknown', async () => {
    const objects = overlays.flatMap((overlay) => buildKustomization(overlayDirectory(overlay)));
    assert(objects.length > 80, `only ${objects.length} objects`);
    assert.deepEqual((await Promise.all(objects.map(schemaFaults))).flat(), []);
    assert.deepEqual(unknownFields(objects), []);
  });

  const container = '/spec/template/spec/containers/0';
  const unknown: Record<string, [string, PatchOperation]> = {
    behaviour: ['HorizontalPodAutoscaler', { op: 'add', path: '/spec/behaviour', value: {} }],
    readynessProbe: ['Deployment', { op: 'add', path: `${container}/readynessProbe`, value: {} }],
    runAsNonroot: [
      'Deployment',
      { op: 'add', path: `${container}/securityContext/runAsNonroot`, value: true },
    ],
    maxUnavailible: ['PodDisruptionBudget', { op: 'add', path: '/spec/maxUnavailible', value: 1 }],
    podSelectors: ['NetworkPolicy', { op: 'add', path: '/spec/podSelectors', value: {} }],
    lables: ['Service', { op: 'add', path: '/metadata/lables', value: {} }],
  };
  const misspelled = Object.values(unknown).map(([kind, operation]) => broken(kind, operation));
  const found = unknownFields(misspelled);
  Object.entries(unknown).forEach(([field, [kind]], index) => {
    it(`refuse ${field} in a ${kind}`, () => {
      assert.match(found[index] ?? '', new RegExp(`^${kind}/.*'${field}' does not exist in type`));
    });
  });

  const wrong: Record<string, [string, PatchOperation, RegExp]> = {
    'replicas as text': ['Deployment', { op: 'add', path: '/spec/replicas', value: '3' }, /replicas/],
    'a quantity that is none': [
      'Deployment',
      { op: 'replace', path: `${container}/resources/limits/memory`, value: '1 GB' },
      /memory/,
    ],
    'a missing maxReplicas': [
      'HorizontalPodAutoscaler',
      { op: 'remove', path: '/spec/maxReplicas' },
      /maxReplicas/,
    ],
    'a protocol that is none': [
      'NetworkPolicy',
      { op: 'replace', path: '/spec/policyTypes', value: 'Ingress' },
      /policyTypes/,
    ],
  };
  for (const [what, [kind, operation, message]] of Object.entries(wrong)) {
    it(`refuse ${what}`, async () => {
      assert.match((await schemaFaults(broken(kind, operation))).join('\n'), message);
    });
  }

  it('refuse a kind that its API group does not have', async () => {
    const object = broken('HorizontalPodAutoscaler', {
      op: 'replace',
      path: '/apiVersion',
      value: 'autoscaling/v3',
    });
    assert.match(
      (await schemaFaults(object))[0] ?? '',
      /there is no HorizontalPodAutoscaler in autoscaling\/v3/,
    );
  });
});
