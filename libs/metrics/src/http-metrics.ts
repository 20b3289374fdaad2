import { Gauge, type Registry } from './client.ts';
import { SECONDS_BUCKETS } from './buckets.ts';
import { LabelCap } from './label-cap.ts';
import { TallyHistogram, type Tally } from './tally-histogram.ts';

/** One answered request; `route` is the pattern of the route, never the path. */
export interface HttpObservation {
  readonly method: string;
  readonly route: string;
  readonly statusCode: number;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ROUTES_MAX = 200;

/** Requests and connections of one process: three look-ups and an addition a request. */
export class HttpMetrics {
  readonly #duration: TallyHistogram;
  readonly #routes = new LabelCap(ROUTES_MAX);
  /** By route, status and method: labels put together would have to be hashed for each request. */
  readonly #tallies = new Map<string, Map<number, Map<string, Tally>>>();
  #connections = 0;

  constructor(registry: Registry) {
    this.#duration = new TallyHistogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of a request to the last byte of its answer.',
      buckets: SECONDS_BUCKETS,
      registry,
    });
    const count = () => this.#connections;
    new Gauge({
      name: 'active_connections',
      help: 'Open client connections.',
      registers: [registry],
      collect() {
        this.set(count());
      },
    });
  }

  /** Counts one answered request; unknown methods and routes beyond 200 share a label. */
  observe({ method, route, statusCode }: HttpObservation, seconds: number): void {
    const tally = this.#tallies.get(route)?.get(statusCode)?.get(method);
    (tally ?? this.#tallyOf(route, statusCode, method)).observe(seconds);
  }

  connectionOpened(): void {
    this.#connections += 1;
  }

  connectionClosed(): void {
    this.#connections -= 1;
  }

  #tallyOf(anyRoute: string, statusCode: number, anyMethod: string): Tally {
    const route = this.#routes.fold(anyRoute);
    const method = METHODS.has(anyMethod) ? anyMethod : 'OTHER';
    const byStatus = inner(this.#tallies, route);
    const byMethod = inner(byStatus, statusCode);
    const known = byMethod.get(method);
    if (known !== undefined) return known;
    const tally = this.#duration.add({ method, route, status_code: statusCode });
    byMethod.set(method, tally);
    return tally;
  }
}

function inner<Outer, Key, Value>(maps: Map<Outer, Map<Key, Value>>, key: Outer): Map<Key, Value> {
  const known = maps.get(key) ?? new Map<Key, Value>();
  maps.set(key, known);
  return known;
}
