import { PRIORITIES, type Admission, type AdmissionStats, type Priority } from '@ganitagya/resilience';
import { Counter, Gauge, type Registry } from './client.ts';
import { TallyHistogram, type Tally } from './tally-histogram.ts';

const TURN_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** The gauges of one admission; of workers, the level is the highest and the others are summed. */
const GAUGES = [
  ['level', 'How many of the 512 classes of priority and cohort are refused.', 'max'],
  ['limit', 'How many requests may be in work at once.', 'sum'],
  ['inFlight', 'Requests in work; a stream until its first byte.', 'sum'],
  ['queued', 'Requests that wait for a slot.', 'sum'],
] as const;

/** Series of overload control, read from the admission's own counters when Prometheus asks, and of the event loop. */
export class OverloadMetrics {
  readonly #registry: Registry;
  readonly #turns: Tally;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#turns = new TallyHistogram({
      name: 'event_loop_turn_seconds',
      help: 'How long each turn of the event loop kept what came meanwhile waiting.',
      buckets: TURN_BUCKETS,
      registry,
    }).add({});
  }

  /** Counts one turn of the event loop. */
  turn(seconds: number): void {
    this.#turns.observe(seconds);
  }

  /** Adds the series of the one admission of this process. */
  observe(admission: Admission): void {
    const registers = [this.#registry];
    for (const [field, help, aggregator] of GAUGES) {
      const name = `overload_${field === 'inFlight' ? 'in_flight' : field}`;
      new Gauge({
        name,
        help,
        aggregator,
        registers,
        collect() {
          this.set(admission[field]);
        },
      });
    }
    const counted = new Map<string, number>();
    new Counter({
      name: 'overload_requests_total',
      help: 'Requests by priority: admitted, or why they were refused before any work.',
      labelNames: ['priority', 'outcome'],
      registers,
      collect() {
        for (const [priority, outcome, count] of outcomesOf(admission.stats())) {
          const key = `${priority} ${outcome}`;
          this.inc({ priority, outcome }, count - (counted.get(key) ?? 0));
          counted.set(key, count);
        }
      },
    });
  }
}

function outcomesOf({ admitted, refused }: AdmissionStats): [Priority, string, number][] {
  return PRIORITIES.flatMap((priority) => [
    [priority, 'admitted', admitted[priority]] as [Priority, string, number],
    ...Object.entries(refused[priority]).map(([reason, count]): [Priority, string, number] => [
      priority,
      reason,
      count,
    ]),
  ]);
}
