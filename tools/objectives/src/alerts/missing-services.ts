import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert } from '../rules/rule.ts';

const APPS = join(import.meta.dirname, '../../../../apps');

/** The apps that run as services with a `/metrics` of their own. */
export const serviceNames: readonly string[] = readdirSync(APPS)
  .filter((app) => {
    const main = join(APPS, app, 'src/main.ts');
    return existsSync(main) && readFileSync(main, 'utf8').includes('runService');
  })
  .sort();

const build = (service: string) =>
  `service_build_info{service="${service}",instance="a",version="0.1.0",node="v24"}`;

/** One for each service: what is not there can't tell its name. */
export const missingServices: readonly Alert[] = serviceNames.map((service) => ({
  name: 'ServiceMissing',
  expr: `absent(service_build_info{service="${service}"})`,
  for: '5m',
  severity: 'page',
  labels: { service },
  summary: 'Prometheus reaches no process of {{ $labels.service }}',
  cases: [
    {
      name: 'all its processes are gone',
      series: { [build(service)]: '1x3 stale', ...othersOf(service) },
      at: '10m',
      fires: [{ service }],
    },
    {
      name: 'it is gone for two minutes',
      series: { [build(service)]: '1x6 stale _ _ 1x10', ...othersOf(service) },
      at: '8m',
      fires: [],
    },
  ],
}));

function othersOf(service: string): Record<string, string> {
  return Object.fromEntries(
    serviceNames.filter((name) => name !== service).map((name) => [build(name), '1x15']),
  );
}
