import type { Cache, Redis } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { Metrics } from '@ganitagya/metrics';
import type { Policies, PolicyOptions } from '@ganitagya/resilience';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { PlatformConfig } from './config/platform-config.ts';
import type { HealthCheck } from './health/health-checks.ts';
import type { Limiter, LimitRule } from './limits/limiter.ts';

/** What every service has by default. What is asked of it is measured, health-checked and closed by it. */
export interface Platform<Config = unknown> {
  readonly name: string;
  readonly config: Config & PlatformConfig;
  readonly log: FastifyBaseLogger;
  readonly metrics: Metrics;
  /** Undefined where none is configured; check `redis.status` or expect errors. */
  readonly redis: Redis | undefined;
  /** Memory, then Redis; opened at the first use. */
  readonly cache: Cache;
  /** The service's database: primary and replicas behind one Kysely; opened at the first call. */
  database<Schema>(): Database<Schema>;
  /** The table of policies for the calls that leave this process. */
  policies<const Name extends string>(table: Readonly<Record<Name, PolicyOptions>>): Policies<Name>;
  /** A quota shared by all processes of this service. */
  limiter(rule: LimitRule): Limiter;
  /** Aborts when answers that take long (streams) should say their last word, because the service stops. */
  readonly stopping: AbortSignal;
  /** Runs when the service has answered its last request; latest first. */
  onClose(close: () => Promise<void> | void): void;
  onHealth(name: string, check: HealthCheck): void;
}

/** The routes of a service as a Fastify plugin. */
export type ServiceRoutes = FastifyPluginAsyncTypebox;

/** A whole service: its name, its own settings, and how to build its routes from the platform. */
export interface ServiceDefinition<Schema extends TObject> {
  readonly name: string;
  /** The service's own settings, by environment variable; the platform's are added. */
  readonly config: Schema;
  /** Where the OpenAPI page is, for example `/api/auth/docs`. */
  readonly docsPath: string;
  readonly build: (platform: Platform<Static<Schema>>) => ServiceRoutes | Promise<ServiceRoutes>;
}
