import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../errors/problem.ts';
import { LeasedLimit } from './leased-limit.ts';
import type { RedisWindows, WindowCount } from './redis-windows.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer tells its client of the quota; undefined for one that others may get, too. */
    quota: Quota | undefined;
  }
}

/** How a client stands. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly resetS: number;
}

/** The default limits of a service; a route has its own `max` and `timeWindow` in `config.rateLimit`, or `false`. */
export interface RateLimitOptions {
  readonly windows: RedisWindows;
  readonly userPerMinute: number;
  readonly addressPerMinute: number;
  /** Hears of each request that is refused, and whose limit it was. */
  readonly onRefused?: OnRefused;
}

type OnRefused = ((by: keyof Limits) => void) | undefined;

/** Users and addresses are counted apart. */
interface Limits {
  readonly user: LeasedLimit;
  readonly address: LeasedLimit;
}

const MINUTE_MS = 60_000;

/** Who is counted: a verified user, else the address (IPv6: the /64). */
export function limitKey(request: FastifyRequest): string {
  return request.principal === undefined ? `a:${normalizeIP(request.ip)}` : `u:${request.principal.userId}`;
}

/** Limits per user, else per address, with `RateLimit-*` headers and 429 problems. */
export const rateLimits = fp<RateLimitOptions>(
  async (app, { windows, userPerMinute, addressPerMinute, onRefused }) => {
    const all: LeasedLimit[] = [];
    const limitsOf = (scope: string, windowMs: number, user: number, address: number): Limits => {
      const limits = {
        user: new LeasedLimit({ windows, prefix: `${scope}u:`, limit: user, windowMs }),
        address: new LeasedLimit({ windows, prefix: `${scope}a:`, limit: address, windowMs }),
      };
      all.push(limits.user, limits.address);
      return limits;
    };
    const byDefault = limitsOf('all:', MINUTE_MS, userPerMinute, addressPerMinute);
    app.decorateRequest('quota');
    app.addHook('onRoute', (route) => {
      const own = ownLimit(route);
      if (own === false) return;
      const scope = `${String(route.method)}${route.url}:`;
      const limits = own === undefined ? byDefault : limitsOf(scope, own.windowMs, own.max, own.max);
      // After the route's own hooks, and those that say who asks.
      route.onRequest = [route.onRequest ?? [], hookFor(limits, onRefused)].flat();
    });
    app.addHook('onSend', ({ quota }, reply, _payload, done) => {
      if (quota !== undefined) {
        reply
          .header('ratelimit-limit', quota.limit)
          .header('ratelimit-remaining', quota.remaining)
          .header('ratelimit-reset', quota.resetS);
      }
      done();
    });
    app.addHook('onClose', async () => {
      await Promise.all(all.map((limit) => limit.close()));
    });
  },
  { name: 'rate-limits', fastify: '5.x' },
);

function ownLimit({ url, config }: RouteOptions) {
  const own = config?.rateLimit;
  if (own === undefined || own === false) return own;
  const { max, timeWindow: windowMs = MINUTE_MS } = own;
  if (typeof max !== 'number' || typeof windowMs !== 'number') {
    throw new TypeError(`the rate limit of ${url} must be given in numbers`);
  }
  return { max, windowMs };
}

function hookFor({ user, address }: Limits, onRefused: OnRefused): onRequestHookHandler {
  return (request, _reply, done) => {
    // A HEAD route has the hooks of its GET route as well.
    if (request.quota !== undefined) {
      done();
      return;
    }
    const { principal } = request;
    const limit = principal === undefined ? address : user;
    const counted = limit.hit(principal === undefined ? normalizeIP(request.ip) : principal.userId);
    if (counted instanceof Promise)
      counted.then((count) => judge(request, limit, count, done, onRefused), done);
    else judge(request, limit, counted, done, onRefused);
  };
}

function judge(
  request: FastifyRequest,
  { limit }: LeasedLimit,
  { count, ttlMs }: WindowCount,
  done: (error?: Error) => void,
  onRefused: OnRefused,
): void {
  request.quota = { limit, remaining: Math.max(0, limit - count), resetS: Math.ceil(ttlMs / 1_000) };
  if (count <= limit) {
    done();
    return;
  }
  onRefused?.(request.principal === undefined ? 'address' : 'user');
  done(
    new Problem(429, 'request.rate_limited', 'Too many requests; slow down.', {
      retryAfterS: ttlMs / 1_000,
    }),
  );
}
