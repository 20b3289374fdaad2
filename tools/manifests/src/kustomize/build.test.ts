import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { nameOf, type KubernetesObject } from '../kubernetes-object.ts';
import { overlayDirectory, overlays } from '../overlays.ts';
import { buildKustomization } from './build.ts';
import { buildWithKubectl, kubectlAbsence } from './kubectl.ts';

const byName = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(objects.map((object) => [nameOf(object), object]));

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

function folder(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'manifests-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

describe('buildKustomization', () => {
  const skip = kubectlAbsence() ?? false;

  for (const overlay of overlays) {
    it(`builds ${overlay} exactly as kubectl does`, { skip }, () => {
      const directory = overlayDirectory(overlay);
      assert.deepEqual(byName(buildKustomization(directory)), byName(buildWithKubectl(directory)));
    });
  }

  it('hashes contents with characters that Go escapes as kubectl does', { skip }, (t) => {
    const root = folder(t, {
      'kustomization.yaml':
        'configMapGenerator:\n  - { name: b, literals: ["Z=1<2>3&4", "A=ग é"], files: [f.conf] }\n' +
        `secretGenerator:\n  - { name: b, literals: ["K=v=w", "L=${'long '.repeat(30)}"] }\n`,
      'f.conf': 'line\n\ttab "quoted" \\ \n',
    });
    assert.deepEqual(byName(buildKustomization(root)), byName(buildWithKubectl(root)));
  });

  it('names a generated ConfigMap by its content, so that a change rolls the pods', (t) => {
    const build = (value: string) =>
      buildKustomization(
        folder(t, { 'kustomization.yaml': `configMapGenerator:\n  - { name: c, literals: [A=${value}] }\n` }),
      )[0]?.metadata.name;
    assert.match(build('1') ?? '', /^c-[a-z0-9]{10}$/);
    assert.notEqual(build('1'), build('2'));
  });

  const refused: Record<string, [Record<string, string>, RegExp]> = {
    'a field it does not know': [{ 'kustomization.yaml': 'namePrefix: x-\n' }, /"namePrefix" is not a field/],
    'a field of a generator it does not know': [
      { 'kustomization.yaml': 'configMapGenerator: [{ name: a, envs: [x] }]\n' },
      /"envs" is not a field/,
    ],
    'a duplicate key': [{ 'kustomization.yaml': 'namespace: a\nnamespace: b\n' }, /Map keys must be unique/],
    'two objects in a file': [
      {
        'kustomization.yaml': 'resources: [a.yaml]\n',
        'a.yaml': `${configMap('a')}---\n${configMap('b')}`,
      },
      /multiple documents/,
    ],
    'the same object twice': [
      {
        'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
        'a.yaml': configMap('a'),
        'b.yaml': configMap('a'),
      },
      /ConfigMap\/a is there twice/,
    ],
    'a patch that matches nothing': [
      {
        'kustomization.yaml': 'patches: [{ path: p.yaml, target: { kind: Deployment } }]\n',
        'p.yaml': '- { op: remove, path: /spec }\n',
      },
      /patches nothing/,
    ],
    'a patch of a path that is not there': [
      {
        'kustomization.yaml':
          'resources: [a.yaml]\npatches: [{ path: p.yaml, target: { kind: ConfigMap } }]\n',
        'a.yaml': configMap('a'),
        'p.yaml': '- { op: replace, path: /data/x, value: y }\n',
      },
      /cannot replace \/data\/x/,
    ],
    'a merge into nothing': [
      { 'kustomization.yaml': 'configMapGenerator: [{ name: a, behavior: merge, literals: [A=1] }]\n' },
      /no generated ConfigMap\/a to merge into/,
    ],
  };
  for (const [what, [files, message]] of Object.entries(refused)) {
    it(`refuses ${what}`, (t) => assert.throws(() => buildKustomization(folder(t, files)), message));
  }
});
