import { Counter, type Registry } from './client.ts';

/** What the deadlines of requests did, counted in plain integers. */
export interface DeadlineCounts {
  /** Refused before any work, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Ended before they were answered, by cause. */
  readonly cut: Readonly<Record<string, number>>;
}

/** Series of the deadlines, read from their own counters when Prometheus asks. */
export class DeadlineMetrics {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Adds the series of the one server of this process. */
  observe(counts: DeadlineCounts): void {
    this.#count(
      'deadline_refusals_total',
      'Requests refused before any work, because they could not be answered in time.',
      'reason',
      counts.refused,
    );
    this.#count(
      'requests_cut_total',
      'Requests ended before they were answered: at their deadline, or because the client had gone.',
      'cause',
      counts.cut,
    );
  }

  #count(name: string, help: string, label: string, counts: Readonly<Record<string, number>>): void {
    const counted = new Map<string, number>();
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        for (const [value, count] of Object.entries(counts)) {
          this.inc({ [label]: value }, count - (counted.get(value) ?? 0));
          counted.set(value, count);
        }
      },
    });
  }
}
