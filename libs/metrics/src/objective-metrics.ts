import { Gauge, type Registry } from './client.ts';

/** A route that promises something, and how important its requests are. */
export interface PromisingRoute {
  readonly method: string;
  readonly route: string;
  readonly priority: string;
}

/** What routes promise; rules join on it, so that they speak of the routes that there are. */
export class ObjectiveMetrics {
  readonly #objective: Gauge<'method' | 'route' | 'priority'>;

  constructor(registry: Registry) {
    this.#objective = new Gauge({
      name: 'http_route_objective_seconds',
      help: 'In what time a route promises to answer; none for those that take as long as they take.',
      labelNames: ['method', 'route', 'priority'],
      aggregator: 'max',
      registers: [registry],
    });
  }

  /** Tells what a route promises, with the labels that its requests are counted by. */
  promise({ method, route, priority }: PromisingRoute, seconds: number): void {
    this.#objective.set({ method, route, priority }, seconds);
  }
}
