import { Gauge, Histogram, type Registry } from 'prom-client';
import { SECONDS_BUCKETS } from './buckets.ts';
import { LabelCap } from './label-cap.ts';

/** One answered request; `route` is the pattern of the route, never the path. */
export interface HttpObservation {
  readonly method: string;
  readonly route: string;
  readonly statusCode: number;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ROUTES_MAX = 200;

/** Requests and connections of one process. */
export class HttpMetrics {
  readonly #duration: Histogram<'method' | 'route' | 'status_code'>;
  readonly #connections: Gauge;
  readonly #routes = new LabelCap(ROUTES_MAX);

  constructor(registry: Registry) {
    this.#duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status_code'],
      buckets: SECONDS_BUCKETS,
      registers: [registry],
    });
    this.#connections = new Gauge({
      name: 'active_connections',
      help: 'Open client connections.',
      registers: [registry],
    });
  }

  /** Counts one answered request; unknown methods and routes beyond 200 share a label. */
  observe({ method, route, statusCode }: HttpObservation, seconds: number): void {
    this.#duration.observe(
      {
        method: METHODS.has(method) ? method : 'OTHER',
        route: this.#routes.fold(route),
        status_code: statusCode,
      },
      seconds,
    );
  }

  connectionOpened(): void {
    this.#connections.inc();
  }

  connectionClosed(): void {
    this.#connections.dec();
  }
}
