import type { MetricObjectWithValues, MetricValue } from '@prometheus-io/client';
import type { Registry } from '../client.ts';
import { TallyHistogram } from '../tally-histogram.ts';
import { labelsText, type Family, type Labels, type MergeRule } from './family.ts';

/** A counter or a gauge of the client library, read; its own registry makes text of it, which cannot be merged. */
type ClientMetric = MetricObjectWithValues<MetricValue<string>>;

const RULES: readonly string[] = ['sum', 'min', 'max', 'average', 'first'] satisfies MergeRule[];

/** Everything that a registry has, as it is now. */
export async function readFamilies(registry: Registry): Promise<Family[]> {
  const families: Family[] = [];
  for (const metric of registry.getMetricsAsArray() as unknown[]) {
    if (metric instanceof TallyHistogram) families.push(metric.family());
    else families.push(familyOf(await (metric as { get(): Promise<ClientMetric> }).get()));
  }
  return families;
}

/** What can be read without waiting, for a process that ends now: everything that is measured. */
export function readHistograms(registry: Registry): Family[] {
  const metrics: unknown[] = registry.getMetricsAsArray();
  return metrics.filter((metric) => metric instanceof TallyHistogram).map((metric) => metric.family());
}

function familyOf({ name, help, type, aggregator, values }: ClientMetric): Family {
  if (type !== 'counter' && type !== 'gauge')
    throw new TypeError(`${name}: use TallyHistogram for a ${type}`);
  if (!RULES.includes(aggregator)) throw new TypeError(`${name}: unknown aggregator ${aggregator}`);
  const samples = values.map(({ labels, value }) => ({
    labels: labelsText(labels as Labels),
    values: [value],
  }));
  return { name, help, type, merge: aggregator as MergeRule, samples };
}
