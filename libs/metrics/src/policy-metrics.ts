import type { Policies } from '@ganitagya/resilience';
import { Counter, Gauge, type Registry } from './client.ts';

const CIRCUIT_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Series of the policies of outgoing calls, by policy name. */
export class PolicyMetrics {
  readonly #state: Gauge<'policy'>;
  readonly #events: Counter<'policy' | 'event'>;

  constructor(registry: Registry) {
    this.#state = new Gauge({
      name: 'resilience_circuit_state',
      help: '0 closed, 1 half-open, 2 open.',
      labelNames: ['policy'],
      aggregator: 'max',
      registers: [registry],
    });
    this.#events = new Counter({
      name: 'resilience_events_total',
      help: 'Retries, time-outs, refusals and fallbacks.',
      labelNames: ['policy', 'event'],
      registers: [registry],
    });
  }

  observe<Name extends string>(policies: Policies<Name>): void {
    for (const name of Object.keys(policies.states()))
      this.#state.set({ policy: name }, CIRCUIT_VALUE.closed);
    policies.events.on('state', ({ name, to }) => this.#state.set({ policy: name }, CIRCUIT_VALUE[to]));
    policies.events.on('retry', ({ name }) => this.#events.inc({ policy: name, event: 'retry' }));
    policies.events.on('exhausted', ({ name }) =>
      this.#events.inc({ policy: name, event: 'retry_budget_exhausted' }),
    );
    policies.events.on('timeout', ({ name }) => this.#events.inc({ policy: name, event: 'timeout' }));
    policies.events.on('rejected', ({ name, reason }) => this.#events.inc({ policy: name, event: reason }));
    policies.events.on('fallback', ({ name }) => this.#events.inc({ policy: name, event: 'fallback' }));
  }
}
