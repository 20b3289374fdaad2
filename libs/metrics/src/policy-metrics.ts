import type { Policies } from '@ganitagya/resilience';
import { Counter, Gauge, type Registry } from './client.ts';

const CIRCUIT_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What is counted of a policy; told as zero from the start, so that the first of each is a rise. */
const EVENTS = [
  'retry',
  'retry_budget_exhausted',
  'timeout',
  'circuit_open',
  'bulkhead_full',
  'throttled',
  'fallback',
] as const;

/** Series of the policies of outgoing calls, by policy name. */
export class PolicyMetrics {
  readonly #state: Gauge<'policy'>;
  readonly #changes: Counter<'policy' | 'state'>;
  readonly #events: Counter<'policy' | 'event'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#state = new Gauge({
      name: 'resilience_circuit_state',
      help: '0 closed, 1 half-open, 2 open; of several workers, the worst.',
      labelNames: ['policy'],
      aggregator: 'max',
      registers,
    });
    this.#changes = new Counter({
      name: 'resilience_circuit_changes_total',
      help: 'Changes of a circuit from one state to another, by the new one.',
      labelNames: ['policy', 'state'],
      registers,
    });
    this.#events = new Counter({
      name: 'resilience_events_total',
      help: 'Retries and those that the budget refused, time-outs, refusals and fallbacks.',
      labelNames: ['policy', 'event'],
      registers,
    });
  }

  observe<Name extends string>(policies: Policies<Name>): void {
    const { events } = policies;
    for (const policy of Object.keys(policies.states())) {
      this.#state.set({ policy }, CIRCUIT_VALUE.closed);
      for (const state of Object.keys(CIRCUIT_VALUE)) this.#changes.inc({ policy, state }, 0);
      for (const event of EVENTS) this.#events.inc({ policy, event }, 0);
    }
    const count = (policy: string, event: (typeof EVENTS)[number]) => this.#events.inc({ policy, event });
    events.on('state', ({ name, to }) => {
      this.#state.set({ policy: name }, CIRCUIT_VALUE[to]);
      this.#changes.inc({ policy: name, state: to });
    });
    events.on('retry', ({ name }) => count(name, 'retry'));
    events.on('exhausted', ({ name }) => count(name, 'retry_budget_exhausted'));
    events.on('timeout', ({ name }) => count(name, 'timeout'));
    events.on('rejected', ({ name, reason }) => count(name, reason));
    events.on('fallback', ({ name }) => count(name, 'fallback'));
  }
}
