import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { isKubernetesObject, type KubernetesObject } from '../kubernetes-object.ts';

/** Why `kubectl kustomize` can't be used here, or undefined when it can: kustomize 5 or newer is needed. */
export function kubectlAbsence(): string | undefined {
  const { status, stdout } = spawnSync('kubectl', ['version', '--client'], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== 0) return 'kubectl is not on PATH';
  const version = /Kustomize Version: v(\d+)/.exec(stdout)?.[1];
  return Number(version ?? 0) >= 5 ? undefined : `kubectl is older than kustomize 5: ${stdout.trim()}`;
}

/** The objects that `kubectl kustomize` builds from a folder. */
export function buildWithKubectl(directory: string): KubernetesObject[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', directory], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${directory}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => {
    const value: unknown = document.toJS();
    if (!isKubernetesObject(value)) throw new Error('kubectl printed something that is no Kubernetes object');
    return value;
  });
}
