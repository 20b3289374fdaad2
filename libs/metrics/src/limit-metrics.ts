import { Counter, type Registry } from './client.ts';

/** Whose limit it was: a user's, or that of an address. */
export type LimitedBy = 'user' | 'address';

/** Series of rate limits, counted in plain integers. */
export class LimitMetrics {
  readonly #refused: Record<LimitedBy, number> = { user: 0, address: 0 };

  constructor(registry: Registry) {
    const refused = this.#refused;
    new Counter({
      name: 'rate_limit_refusals_total',
      help: 'Requests refused because a user, or an address without one, had asked too much.',
      labelNames: ['by'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [by, count] of Object.entries(refused)) this.inc({ by }, count);
      },
    });
  }

  refused(by: LimitedBy): void {
    this.#refused[by] += 1;
  }
}
