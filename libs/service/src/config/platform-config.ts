import { Type, type Static } from 'typebox';
import { List } from './load-config.ts';

/** The settings that every service has. */
export const platformConfig = Type.Object({
  NODE_ENV: Type.Union([Type.Literal('development'), Type.Literal('test'), Type.Literal('production')], {
    default: 'development',
  }),
  LOG_LEVEL: Type.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((level) =>
      Type.Literal(level),
    ),
    { default: 'info' },
  ),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  MANAGEMENT_HOST: Type.String({ default: '127.0.0.1' }),
  MANAGEMENT_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 9100 }),
  /** `auto` is one worker a core. */
  WORKERS: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 64 })], { default: 1 }),
  /** A worker that has more for half a minute is replaced; without it, its share of the container's memory. */
  WORKER_MEMORY_MAX_BYTES: Type.Optional(Type.Integer({ minimum: 33_554_432 })),
  /** Addresses or CIDR ranges of the proxies whose X-Forwarded-For is believed. */
  TRUST_PROXY: Type.String({ default: '', pattern: '^([0-9a-fA-F.:]+(/[0-9]{1,3})?( *, *)?)*$' }),
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_REPLICA_URLS: List({ default: '' }),
  DATABASE_POOL_MAX: Type.Integer({ minimum: 1, maximum: 200, default: 10 }),
  /** Without Redis the caches and limits are kept per process. */
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://' })),
  CACHE_MEMORY_BYTES: Type.Integer({ minimum: 1_048_576, default: 67_108_864 }),
  /** Requests a minute from one signed-in user, and from one address without a token (a school may share it). */
  RATE_LIMIT_USER_PER_MINUTE: Type.Integer({ minimum: 1, default: 600 }),
  RATE_LIMIT_ADDRESS_PER_MINUTE: Type.Integer({ minimum: 1, default: 12_000 }),
  /** The longest that a request may take, unless its route says otherwise; less than the edge waits for an answer. */
  REQUEST_TIMEOUT_MS: Type.Integer({ minimum: 100, maximum: 600_000, default: 9_000 }),
  /** The base address of an OTLP receiver (HTTP); without one there are no spans. */
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://' })),
  /** The share of traces that are recorded, of those that begin here; others go by their caller. */
  OTEL_TRACES_SAMPLER_ARG: Type.Number({ minimum: 0, maximum: 1, default: 0.05 }),
  BODY_LIMIT_BYTES: Type.Integer({ minimum: 1024, default: 262_144 }),
  /** How long to go on serving after readiness is off, so that load balancers notice. */
  DRAIN_DELAY_MS: Type.Integer({ minimum: 0, maximum: 60_000, default: 0 }),
  /** After this time a shutdown ends hard. */
  SHUTDOWN_GRACE_MS: Type.Integer({ minimum: 100, maximum: 120_000, default: 20_000 }),
});

/** The platform's own settings, read and checked. */
export type PlatformConfig = Static<typeof platformConfig>;
