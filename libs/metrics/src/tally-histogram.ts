import type { Histogram } from '@prometheus-io/client';
import type { Registry } from './client.ts';
import { labelsText, overflowText, type Family, type Labels, type Sample } from './series/family.ts';

/** What a histogram is called, and how it is divided. */
export interface TallyHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

const TALLIES_MAX = 1_000;

/**
 * A histogram that only counts while it observes: the client library's own builds a key of the labels each time, which
 * costs many times as much. Whoever observes keeps the tally of its labels; the series are made when Prometheus asks.
 */
export class TallyHistogram {
  readonly name: string;
  readonly #options: TallyHistogramOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: TallyHistogramOptions) {
    this.name = options.name;
    this.#options = options;
    // A registry asks no more of a metric than its name; its type names the classes of the client library.
    options.registry.registerMetric(this as unknown as Histogram);
  }

  /** Where to count what has these labels; to be asked for once for each of them. Those after the 1,000th share one. */
  add(labels: Labels): Tally {
    const text = labelsText(labels);
    return (
      this.#tallies.get(text) ?? this.#create(this.#tallies.size < TALLIES_MAX ? text : overflowText(text))
    );
  }

  /** The tallies that counted anything. */
  family(): Family {
    const { name, help, buckets } = this.#options;
    const samples = [...this.#tallies.values()].filter(({ isEmpty }) => !isEmpty);
    return { name, help, type: 'histogram', merge: 'sum', bounds: buckets, samples };
  }

  #create(labels: string): Tally {
    const tally = this.#tallies.get(labels) ?? new Tally(labels, this.#options.buckets);
    this.#tallies.set(labels, tally);
    return tally;
  }
}

/** The counts of one set of labels. */
export class Tally implements Sample {
  readonly labels: string;
  /** By bucket, those above all bounds, and the sum of all values. */
  readonly values: Float64Array;
  readonly #bounds: readonly number[];

  constructor(labels: string, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.values = new Float64Array(bounds.length + 2);
  }

  get isEmpty(): boolean {
    return this.values.every((value) => value === 0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    const values = this.values;
    const above = bounds.length;
    let index = 0;
    while (index < above && value > (bounds[index] ?? Infinity)) index += 1;
    values[index] = (values[index] ?? 0) + 1;
    values[above + 1] = (values[above + 1] ?? 0) + value;
  }
}
