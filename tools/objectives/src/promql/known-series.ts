import { recordingGroups } from '../rules/recording.ts';
import { referencesOf, type Matcher, type SeriesReference } from './references.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels that Prometheus adds to all that it scrapes. */
const OF_TARGETS = ['job', 'instance'];

/** Series that services do not tell, with their labels: those of Prometheus itself and of kube-state-metrics 2. */
export const foreignSeries: Readonly<Record<string, readonly string[]>> = {
  up: [],
  kube_horizontalpodautoscaler_status_current_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_horizontalpodautoscaler_spec_max_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_pod_container_status_restarts_total: ['namespace', 'pod', 'container'],
};

/** Series that only the primary of several workers tells. */
export const groupSeries: readonly string[] = [
  'worker_wanted',
  'worker_ready',
  'worker_restarts_total',
  'metrics_snapshot_age_seconds',
];

/** What there is: on a real `/metrics`, written by our own rules, or told by others. */
export class KnownSeries {
  readonly #real = new Map<string, Labels[]>();
  readonly #others = new Map<string, readonly string[]>(Object.entries(foreignSeries));

  constructor(exposition: string) {
    for (const [, name = '', text = ''] of exposition.matchAll(/^([a-zA-Z_:][\w:]*)\{(.*)\} \S+$/gmu)) {
      const labels = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)];
      const known = this.#real.get(name) ?? [];
      this.#real.set(name, known);
      known.push(Object.fromEntries(labels.map(([, label = '', value = '']) => [label, value] as const)));
    }
    for (const { rules } of recordingGroups)
      for (const { record } of rules) this.#others.set(record, ['service', 'slo']);
  }

  /** What an expression, and whoever reads `shown` of its labels, take for granted and is not there, in words. */
  faultsOf(expr: string, shown: readonly string[] = []): string[] {
    const { series, labels } = referencesOf(expr);
    const carried = new Set([...OF_TARGETS, ...series.flatMap(({ name }) => this.#labelsOf(name))]);
    return [
      ...series.flatMap((each) => this.#faultOf(each)),
      ...[...labels, ...shown]
        .filter((label) => !carried.has(label))
        .map((label) => `no series has the label ${label}`),
    ];
  }

  #labelsOf(name: string): readonly string[] {
    return this.#others.get(name) ?? (this.#real.get(name) ?? []).flatMap((labels) => Object.keys(labels));
  }

  #faultOf({ name, matchers }: SeriesReference): string[] {
    const samples = this.#real.get(name);
    if (samples === undefined && !this.#others.has(name)) return [`${name} is not there`];
    const ours = matchers.filter(({ label }) => !OF_TARGETS.includes(label));
    const isThere =
      samples === undefined
        ? ours.every(({ label }) => this.#labelsOf(name).includes(label))
        : samples.some((labels) => ours.every((matcher) => matches(labels, matcher)));
    return isThere ? [] : [`${name} is never ${ours.map((each) => Object.values(each).join('')).join()}`];
  }
}

function matches(labels: Labels, { label, operator, value }: Matcher): boolean {
  const found = labels[label];
  if (found === undefined) return false;
  // A variable of the dashboard, or the name of a service.
  if (value.includes('$') || label === 'service') return true;
  const isRegex = operator.includes('~');
  const isEqual = isRegex ? new RegExp(`^(?:${value})$`, 'u').test(found) : found === value;
  return isEqual !== operator.startsWith('!');
}
