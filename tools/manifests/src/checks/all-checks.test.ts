import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { applyPatch, type PatchOperation } from '../kustomize/json-patch.ts';
import { environments, loadRelease, type Release } from '../release.ts';
import { allChecks } from './all-checks.ts';

const production = loadRelease('production');

/** A production release in which one object differs, or is missing. */
function changed(kind: string, name: string, operations: readonly PatchOperation[] | 'removed'): Release {
  const objects = structuredClone(production.objects) as KubernetesObject[];
  const index = objects.findIndex((object) => object.kind === kind && isNamed(object, name));
  const object = objects[index];
  assert(object, `there is no ${kind} ${name}`);
  if (operations === 'removed') objects.splice(index, 1);
  else applyPatch(object, operations, name);
  return { ...production, objects };
}

/** Generated objects have a hash behind their name. */
function isNamed({ metadata }: KubernetesObject, name: string): boolean {
  return metadata.name === name || metadata.name.replace(/-[a-z0-9]{10}$/, '') === name;
}

const container = '/spec/template/spec/containers/0';
const set = (path: string, value: unknown): PatchOperation[] => [{ op: 'add', path, value }];
const unset = (path: string): PatchOperation[] => [{ op: 'remove', path }];

type Fault = [kind: string, name: string, change: readonly PatchOperation[] | 'removed', message: RegExp];

/** Per check, what it must notice. */
const faults: Record<keyof typeof allChecks, Fault[]> = {
  autoscalersRule: [
    ['HorizontalPodAutoscaler', 'auth', set('/spec/scaleTargetRef/name', 'autth'), /target does not exist/],
    ['HorizontalPodAutoscaler', 'auth', 'removed', /Deployment\/auth has 0 autoscalers/],
    ['HorizontalPodAutoscaler', 'auth', set('/spec/minReplicas', 2), /range is {"min":2,"max":20}/],
    [
      'HorizontalPodAutoscaler',
      'auth',
      set('/spec/behavior/scaleUp/stabilizationWindowSeconds', 0),
      /behavior is .*, not /,
    ],
    ['HorizontalPodAutoscaler', 'auth', unset('/spec/metrics/1'), /metrics is/],
    ['Deployment', 'auth', set('/spec/replicas', 3), /has replicas beside an autoscaler/],
  ],
  configurationIsRead: [
    ['Deployment', 'auth', unset(`${container}/envFrom/1`), /nothing reads ConfigMap\/auth-/],
  ],
  disruptionBudgetsLetNodesDrain: [
    ['PodDisruptionBudget', 'auth', 'removed', /Deployment\/auth has 0 disruption budgets/],
    ['PodDisruptionBudget', 'auth', set('/spec/maxUnavailable', 0), /never lets a pod go while there are 3/],
    [
      'PodDisruptionBudget',
      'auth',
      [...unset('/spec/maxUnavailable'), ...set('/spec/minAvailable', 3)],
      /never lets a pod go/,
    ],
    [
      'PodDisruptionBudget',
      'auth',
      [...unset('/spec/maxUnavailable'), ...set('/spec/minAvailable', '100%')],
      /never lets a pod go/,
    ],
  ],
  heapsFitMemory: [
    ['Deployment', 'auth', set(`${container}/resources/limits/memory`, '384Mi'), /256 MiB does not fit/],
    ['ConfigMap', 'auth', unset('/data/NODE_OPTIONS'), /no --max-old-space-size/],
  ],
  imagesArePinned: [
    ['Deployment', 'auth', set(`${container}/image`, 'r.in/auth:latest'), /has no version/],
    ['Deployment', 'auth', set(`${container}/image`, 'r.in/auth'), /has no version/],
    ['Deployment', 'auth', set(`${container}/image`, 'library/auth:1'), /names no registry/],
    [
      'Job',
      'auth-migrate',
      set(`${container}/image`, 'registry.ganitagya.in/auth:0.0.9'),
      /auth has the versions 0\.1\.0, 0\.0\.9/,
    ],
  ],
  labelsAreStandard: [
    ['Service', 'auth', unset('/metadata/labels/app.kubernetes.io~1part-of'), /has no label .*part-of/],
    [
      'Deployment',
      'auth',
      unset('/spec/template/metadata/labels/app.kubernetes.io~1component'),
      /pods of .* has no label .*component/,
    ],
  ],
  podsAreIsolated: [
    ['NetworkPolicy', 'default-deny', 'removed', /no policy denies everything/],
    ['NetworkPolicy', 'default-deny', set('/spec/ingress', [{}]), /no policy denies everything/],
    ['NetworkPolicy', 'courses', 'removed', /pods of Deployment\/courses have no policy/],
    ['NetworkPolicy', 'migration', 'removed', /pods of Job\/auth-migrate have no policy/],
  ],
  podsAreRestricted: [
    ['Deployment', 'auth', set('/spec/template/spec/securityContext/runAsNonRoot', false), /runs as root/],
    ['Deployment', 'auth', unset('/spec/template/spec/securityContext/seccompProfile'), /no seccomp profile/],
    ['Deployment', 'auth', set('/spec/template/spec/automountServiceAccountToken', true), /mounts a token/],
    ['Deployment', 'auth', set('/spec/template/spec/hostNetwork', true), /shares something with its node/],
    ['Deployment', 'auth', unset('/spec/template/spec/enableServiceLinks'), /variables from every Service/],
    ['Job', 'auth-migrate', unset(`${container}/securityContext`), /may gain privileges/],
    [
      'Job',
      'auth-migrate',
      unset(`${container}/securityContext/readOnlyRootFilesystem`),
      /write to its root/,
    ],
    [
      'Deployment',
      'edge',
      set(`${container}/securityContext/capabilities/add`, ['NET_ADMIN']),
      /capabilities/,
    ],
    ['Deployment', 'edge', set(`${container}/securityContext/runAsUser`, 0), /weakens what the pod sets/],
    [
      'Deployment',
      'auth',
      unset(`${container}/resources/limits/ephemeral-storage`),
      /lacks a request or a limit/,
    ],
  ],
  podsDrain: [
    ['Deployment', 'auth', set('/spec/template/spec/terminationGracePeriodSeconds', 30), /killed after 30 s/],
    ['Deployment', 'auth', unset('/spec/template/spec/terminationGracePeriodSeconds'), /killed after 30 s/],
    [
      'Deployment',
      'edge',
      set('/spec/template/spec/terminationGracePeriodSeconds', 100),
      /killed after 100 s/,
    ],
    ['Deployment', 'auth', unset(`${container}/lifecycle`), /serves 5 s while the news spreads/],
    ['ConfigMap', 'platform', set('/data/DRAIN_DELAY_MS', '20000'), /no time to end its requests/],
    ['ConfigMap', 'platform', unset('/data/SHUTDOWN_GRACE_MS'), /does not say how long it drains/],
  ],
  podsFindWhatTheyName: [
    ['ConfigMap', 'platform', 'removed', /there is no ConfigMap platform-/],
    ['Deployment', 'auth', set(`${container}/env/0/valueFrom/secretKeyRef/name`, 'atuh'), /no Secret atuh/],
    [
      'Deployment',
      'auth',
      set(`${container}/env/0/valueFrom/secretKeyRef/key`, 'URL'),
      /Secret auth has no URL/,
    ],
    ['ServiceAccount', 'auth', 'removed', /no ServiceAccount auth/],
    [
      'Deployment',
      'ai-tutor',
      unset(`${container}/envFrom/2/secretRef/optional`),
      /no Secret ai-tutor-model/,
    ],
    ['Deployment', 'auth', set(`${container}/readinessProbe/httpGet/port`, 'mgmt'), /asks port mgmt/],
    ['Deployment', 'auth', set(`${container}/volumeMounts/0/name`, 'temp'), /no volume temp/],
  ],
  poolsFitPostgres: [
    [
      'ConfigMap',
      'courses',
      set('/data/DATABASE_POOL_MAX', '10'),
      /may open 525 connections; Postgres has 480/,
    ],
    ['ConfigMap', 'platform', set('/data/WORKERS', 'auto'), /NaN connections/],
    ['HorizontalPodAutoscaler', 'courses', set('/spec/maxReplicas', 40), /connections/],
    [
      'ConfigMap',
      'auth',
      unset('/data/DATABASE_POOL_MAX'),
      /3 Deployments use Postgres, but 2 limit their pool/,
    ],
  ],
  probesDiffer: [
    ['Deployment', 'auth', unset(`${container}/startupProbe`), /has no startupProbe/],
    ['Deployment', 'auth', set(`${container}/livenessProbe/httpGet/path`, '/readyz'), /asks the same/],
  ],
  secretsAreReferences: [
    ['ConfigMap', 'auth', set('/data/KEY_ENCRYPTION_SECRET', 'x'), /KEY_ENCRYPTION_SECRET holds a secret/],
    ['ConfigMap', 'auth', set('/data/REDIS_URL', 'redis://:pass@redis:6379'), /REDIS_URL holds a secret/],
    ['Job', 'auth-migrate', set(`${container}/env/1`, { name: 'TOKEN', value: 'x' }), /TOKEN holds a secret/],
  ],
  selectorsFindPods: [
    ['Service', 'auth', set('/spec/ports/0/targetPort', 'web'), /sends to port web/],
    ['Service', 'auth', set('/spec/selector/app.kubernetes.io~1name', 'x'), /chooses the pods of 0 objects/],
    ['Service', 'auth', set('/spec/selector', { 'app.kubernetes.io/component': 'api' }), /pods of 3 objects/],
    [
      'PodDisruptionBudget',
      'auth',
      set('/spec/selector/matchLabels/app.kubernetes.io~1name', 'x'),
      /no pods/,
    ],
    ['NetworkPolicy', 'auth', set('/spec/podSelector/matchLabels/app.kubernetes.io~1name', 'x'), /no pods/],
  ],
  updatesKeepCapacity: [
    ['Deployment', 'auth', set('/spec/strategy/rollingUpdate/maxUnavailable', 1), /may lose pods/],
    ['Deployment', 'auth', unset('/spec/strategy'), /may lose pods/],
  ],
  variablesAreKnown: [
    ['ConfigMap', 'platform', set('/data/LOG_LEVLE', 'info'), /no app and no library reads LOG_LEVLE/],
    ['Deployment', 'auth', set(`${container}/env/0/name`, 'DATABASE_URI'), /reads DATABASE_URI/],
  ],
};

describe('the checks of a release', () => {
  for (const environment of environments) {
    const release = environment === 'production' ? production : loadRelease(environment);
    for (const [name, check] of Object.entries(allChecks)) {
      it(`${name}: ${environment} has no fault`, () => assert.deepEqual(check(release), []));
    }
  }

  for (const [name, check] of Object.entries(allChecks)) {
    faults[name]?.forEach(([kind, object, change, message]) => {
      const what =
        change === 'removed' ? 'without it' : change.map(({ op, path }) => `${op} ${path}`).join(', ');
      it(`${name} refuses ${kind}/${object}: ${what}`, () => {
        assert.match(check(changed(kind, object, change)).join('\n'), message);
      });
    });
  }
});
