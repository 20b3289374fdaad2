import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowed, type Endpoint } from './network.ts';
import { podMakersOf } from './pods.ts';
import { loadRelease } from './release.ts';

const production = loadRelease('production');
const dev = loadRelease('dev');

function pod(name: string, component: string): Endpoint {
  const wanted = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': component };
  const found = podMakersOf(production.objects).find(({ labels }) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value),
  );
  assert(found, `there are no ${component} pods of ${name}`);
  return { labels: found.labels };
}

const elsewhere = (namespace: string, labels: Record<string, string> = { app: 'x' }): Endpoint => ({
  labels,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
});

const edge = pod('edge', 'edge');
const auth = pod('auth', 'api');
const courses = pod('courses', 'api');
const tutor = pod('ai-tutor', 'api');
const migration = pod('auth', 'migration');
const contentImport = pod('courses', 'content-import');
const student: Endpoint = { address: '203.0.113.7' };
const model: Endpoint = { address: '198.51.100.20' };
const metadataService: Endpoint = { address: '169.254.169.254' };
const dataStore: Endpoint = { address: '10.64.0.5' };
const prometheus = elsewhere('monitoring');
const dns = elsewhere('kube-system', { 'k8s-app': 'kube-dns' });

const allowed: Record<string, [Endpoint, Endpoint, number]> = {
  'a student reaches the edge': [student, edge, 8080],
  'the edge reaches auth': [edge, auth, 3000],
  'the edge reaches courses': [edge, courses, 3000],
  'the edge reaches the tutor': [edge, tutor, 3000],
  'courses fetches the keys of auth': [courses, auth, 3000],
  'the tutor fetches the keys of auth': [tutor, auth, 3000],
  'the tutor fetches the feed of courses': [tutor, courses, 3000],
  'the tutor asks a language model': [tutor, model, 443],
  'auth reaches Postgres': [auth, dataStore, 5432],
  'courses reaches Redis': [courses, dataStore, 6379],
  'the tutor reaches Postgres': [tutor, dataStore, 5432],
  'a migration reaches Postgres': [migration, dataStore, 5432],
  'the content import reaches Postgres': [contentImport, dataStore, 5432],
  'the content import reaches Redis': [contentImport, dataStore, 6379],
  'Prometheus scrapes auth': [prometheus, auth, 9100],
  'Prometheus scrapes courses': [prometheus, courses, 9100],
  'Prometheus scrapes the tutor': [prometheus, tutor, 9100],
};

const refused: Record<string, [Endpoint, Endpoint, number]> = {
  'a student does not reach a service past the edge': [student, auth, 3000],
  'the edge does not reach a management port': [edge, courses, 9100],
  'the edge does not reach Postgres': [edge, dataStore, 5432],
  'auth does not call courses': [auth, courses, 3000],
  'courses does not call the tutor': [courses, tutor, 3000],
  'another namespace does not reach a service': [elsewhere('shop'), courses, 3000],
  'another namespace does not scrape': [elsewhere('shop'), courses, 9100],
  'auth does not reach the internet': [auth, model, 443],
  'the tutor does not reach the metadata service of the cloud': [tutor, metadataService, 443],
  'a migration does not reach the apps': [migration, auth, 3000],
  'a migration does not reach Redis': [migration, dataStore, 6379],
  'nobody reaches a migration': [edge, migration, 3000],
};

describe('the network policies', () => {
  for (const [what, [from, to, port]] of Object.entries(allowed)) {
    it(what, () => assert.equal(isAllowed(production, from, to, port), true));
  }
  for (const [what, [from, to, port]] of Object.entries(refused)) {
    it(what, () => assert.equal(isAllowed(production, from, to, port), false));
  }

  it('every pod reaches DNS', () => {
    for (const { labels } of podMakersOf(production.objects)) {
      assert.equal(isAllowed(production, { labels }, dns, 53, 'UDP'), true);
      assert.equal(isAllowed(production, { labels }, dns, 53, 'TCP'), true);
    }
  });

  it('in dev the data stores are pods of a namespace of their own', () => {
    assert.equal(isAllowed(dev, courses, elsewhere('data'), 5432), true);
    assert.equal(isAllowed(dev, courses, dataStore, 5432), false);
  });
});
