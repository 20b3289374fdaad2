import type { Histogram, MetricValueWithName, Registry } from '@prometheus-io/client';

/** What a histogram is called, and how it is divided. */
export interface TallyHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

/**
 * A histogram that only counts while it observes: prom-client's own builds a key of the labels each time, which costs
 * many times as much. Whoever observes keeps the tally of its labels; the series are made when Prometheus asks.
 */
export class TallyHistogram {
  readonly #options: TallyHistogramOptions;
  readonly #tallies: Tally[] = [];

  constructor(options: TallyHistogramOptions) {
    this.#options = options;
    const { name, registry } = options;
    const metric = {
      name,
      type: 'histogram',
      get: async () => this.#read(),
      reset: () => this.#tallies.forEach((tally) => tally.reset()),
    };
    // A registry asks no more of a metric than this; its type names the classes of prom-client.
    registry.registerMetric(metric as unknown as Histogram);
  }

  /** Where to count what has these labels; to be asked for once for each of them. */
  add(labels: Readonly<Record<string, string | number>>): Tally {
    const tally = new Tally(labels, this.#options.buckets);
    this.#tallies.push(tally);
    return tally;
  }

  #read() {
    const { name, help } = this.#options;
    const values = this.#tallies.flatMap((tally) => tally.series(name));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** The counts of one set of labels, those above all bounds last. */
export class Tally {
  readonly #labels: Readonly<Record<string, string | number>>;
  readonly #buckets: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Readonly<Record<string, string | number>>, buckets: readonly number[]) {
    this.#labels = labels;
    this.#buckets = buckets;
    this.#counts = new Float64Array(buckets.length + 1);
  }

  observe(value: number): void {
    const buckets = this.#buckets;
    let index = 0;
    while (index < buckets.length && value > (buckets[index] ?? Infinity)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#sum = 0;
  }

  /** As prom-client has them; nothing of what was never observed. */
  series(name: string): MetricValueWithName<string>[] {
    const labels = this.#labels;
    let count = 0;
    const bounds = [...this.#buckets, '+Inf'].map((le, index) => {
      count += this.#counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    if (count === 0) return [];
    return [
      ...bounds,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
