/** What Grafana writes behind a number; `percentunit` is a share of 1. */
export type Unit = 'reqps' | 'ops' | 's' | 'percentunit' | 'short' | 'bytes';

/** One line, or one for each of its labels, which the legend names as `{{route}}`. */
export interface Query {
  readonly legend: string;
  readonly expr: string;
}

/** One picture. */
export interface Panel {
  readonly title: string;
  /** What a reader should make of it. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Over time, or only as it is now. */
  readonly kind?: 'timeseries' | 'stat';
  /** From here on it is red; below, for what should be high. */
  readonly limit?: { readonly above: number } | { readonly below: number };
  readonly isStacked?: boolean;
}

/** Panels that belong together. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The services that the reader has chosen. */
export const CHOSEN = 'service=~"$service"';

/** How fast a counter rises, by some of its labels. */
export function rate(counter: string, { by, where = '' }: { by: string; where?: string }): string {
  const labels = where === '' ? CHOSEN : `${CHOSEN},${where}`;
  return `sum by (${by}) (rate(${counter}{${labels}}[$__rate_interval]))`;
}

/** A quantile of a histogram, by some of its labels. */
export function quantile(share: number, histogram: string, by: string, where = ''): string {
  return `histogram_quantile(${share}, ${rate(`${histogram}_bucket`, { by: `le, ${by}`, where })})`;
}

/** A gauge, put together over processes. */
export function gauge(
  aggregation: 'sum' | 'min' | 'max',
  name: string,
  { by, where = '' }: { by: string; where?: string },
) {
  const labels = where === '' ? CHOSEN : `${CHOSEN},${where}`;
  return `${aggregation} by (${by}) (${name}{${labels}})`;
}
