/** What is read of the JSON that `artillery run --output` writes. */
export interface ArtilleryReport {
  readonly aggregate: {
    readonly counters: Readonly<Record<string, number>>;
    readonly summaries: Readonly<Record<string, Summary>>;
  };
}

/** Times in ms of one series. */
export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Checks that `value` is such a report. */
export function parseReport(value: unknown): ArtilleryReport {
  const { aggregate } = (value ?? {}) as { readonly aggregate?: Partial<ArtilleryReport['aggregate']> };
  if (aggregate?.counters === undefined) throw new Error('This is not a report of Artillery');
  return { aggregate: { counters: aggregate.counters, summaries: aggregate.summaries ?? {} } };
}
