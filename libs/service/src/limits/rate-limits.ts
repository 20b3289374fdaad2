import fastifyRateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../errors/problem.ts';
import type { WindowCounter } from './window-counter.ts';

/** The default limits of a service; a route has its own in `config.rateLimit`, or `false` for none. */
export interface RateLimitOptions {
  readonly counter: WindowCounter;
  readonly userPerMinute: number;
  readonly addressPerMinute: number;
}

type HitDone = (error: Error | null, result?: { current: number; ttl: number }) => void;

/** Keeps the plugin's counts in a `WindowCounter`, which outlives Redis. */
function storeOn(counter: WindowCounter) {
  return class Store {
    readonly #scope: string;

    constructor(options: { readonly scope?: string }) {
      this.#scope = options.scope ?? 'all:';
    }

    incr(key: string, done: HitDone, windowMs: number): void {
      counter.hit(this.#scope + key, windowMs).then(
        ({ count, ttlMs }) => done(null, { current: count, ttl: ttlMs }),
        (error: unknown) => done(error as Error),
      );
    }

    // The plugin hands over the route within its own parameters, which its types do not say.
    child(parameters: object): Store {
      const { routeInfo } = parameters as { readonly routeInfo?: RouteOptions };
      return new Store({ scope: `${String(routeInfo?.method)}${routeInfo?.url ?? ''}:` });
    }
  };
}

/** Who is counted: a verified user, else the address (IPv6: the /64). */
export function limitKey(request: FastifyRequest): string {
  return request.principal === undefined ? `a:${normalizeIP(request.ip)}` : `u:${request.principal.userId}`;
}

/** Limits per user, else per address, with `RateLimit-*` headers and 429 problems. */
export const rateLimits = fp<RateLimitOptions>(
  async (app, { counter, userPerMinute, addressPerMinute }) => {
    await app.register(fastifyRateLimit, {
      store: storeOn(counter),
      enableDraftSpec: true,
      timeWindow: 60_000,
      max: (request: FastifyRequest) => (request.principal === undefined ? addressPerMinute : userPerMinute),
      keyGenerator: limitKey,
      errorResponseBuilder: (_request, { statusCode, ttl }) =>
        new Problem(statusCode, 'request.rate_limited', 'Too many requests; slow down.', {
          retryAfterS: ttl / 1000,
        }),
    });
  },
  { name: 'rate-limits', fastify: '5.x' },
);
