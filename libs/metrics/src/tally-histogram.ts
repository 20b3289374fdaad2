import type { Histogram, MetricValueWithName, Registry } from 'prom-client';

/** What a histogram is called, and how it is divided. */
export interface TallyHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Its one label, whose values must be few. */
  readonly label: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

/** Counts per bucket, those above all bounds last. */
interface Tally {
  readonly counts: Float64Array;
  sum: number;
}

/**
 * A histogram with one label that only counts while it observes: prom-client's own builds a key of the labels each time,
 * which costs many times as much. The series are made when Prometheus asks.
 */
export class TallyHistogram {
  readonly #options: TallyHistogramOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: TallyHistogramOptions) {
    this.#options = options;
    const { name, registry } = options;
    const metric = {
      name,
      type: 'histogram',
      get: async () => this.#read(),
      reset: () => this.#tallies.clear(),
    };
    // A registry asks no more of a metric than this; its type names the classes of prom-client.
    registry.registerMetric(metric as unknown as Histogram);
  }

  observe(labelValue: string, value: number): void {
    const tally = this.#tallies.get(labelValue) ?? this.#add(labelValue);
    const { buckets } = this.#options;
    let index = 0;
    while (index < buckets.length && value > (buckets[index] ?? Infinity)) index += 1;
    tally.counts[index] = (tally.counts[index] ?? 0) + 1;
    tally.sum += value;
  }

  #add(labelValue: string): Tally {
    const tally = { counts: new Float64Array(this.#options.buckets.length + 1), sum: 0 };
    this.#tallies.set(labelValue, tally);
    return tally;
  }

  #read() {
    const { name, help } = this.#options;
    const values = [...this.#tallies].flatMap(([labelValue, tally]) => this.#seriesOf(labelValue, tally));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  #seriesOf(labelValue: string, { counts, sum }: Tally): MetricValueWithName<string>[] {
    const { name, label, buckets } = this.#options;
    const labels = { [label]: labelValue };
    let count = 0;
    const bounds = [...buckets, '+Inf'].map((le, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...bounds,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
