import { createCache, createRedis, type Cache, type Redis } from '@ganitagya/cache';
import { createDatabase, type Database } from '@ganitagya/database';
import { createMetrics, type Metrics } from '@ganitagya/metrics';
import { createPolicies, type Policies, type PolicyOptions } from '@ganitagya/resilience';
import type { FastifyBaseLogger } from 'fastify';
import { splitList } from './config/load-config.ts';
import type { PlatformConfig } from './config/platform-config.ts';
import { withSharedLoads } from './deadlines/shared-loads.ts';
import { databaseHealth } from './health/database-health.ts';
import { HealthChecks, type HealthCheck } from './health/health-checks.ts';
import { policiesHealth } from './health/policies-health.ts';
import { Limiter, type LimitRule } from './limits/limiter.ts';
import { RedisWindows } from './limits/redis-windows.ts';
import { WindowCounter } from './limits/window-counter.ts';
import type { Platform } from './platform.ts';
import { serviceVersion } from './service-version.ts';
import { currentTraceParent } from './tracing/current-trace.ts';
import type { Tracing } from './tracing/tracing.ts';

/** The platform together with what only the server that runs it needs. */
export interface RunningPlatform<Config> {
  readonly platform: Platform<Config>;
  readonly health: HealthChecks;
  readonly windows: RedisWindows;
  /** Undefined unless spans are sent somewhere. */
  readonly tracing: Tracing | undefined;
  /** The service's database, once it was asked for. */
  readonly database: () => Database<unknown> | undefined;
  /** Ends long answers, by the signal that the platform shows. */
  readonly stopping: AbortController;
  /** Undoes all that was opened, latest first; the first fault is thrown after the last was closed. */
  close(): Promise<void>;
}

/** Opens what a service needs as it asks for it, and wires each part to logs, metrics, health and shutdown. */
export function createPlatform<Config>(
  name: string,
  config: Config & PlatformConfig,
  log: FastifyBaseLogger,
  tracing?: Tracing,
): RunningPlatform<Config> {
  const closers: (() => Promise<void> | void)[] = [];
  const onClose = (close: () => Promise<void> | void) => void closers.push(close);
  const health = new HealthChecks();
  const stopping = new AbortController();
  const metrics = createMetrics({ service: name, version: serviceVersion() });
  onClose(() => metrics.close());
  if (tracing !== undefined) onClose(() => tracing.close());

  const redis =
    config.REDIS_URL === undefined ? undefined : openRedis(config.REDIS_URL, name, health, onClose);
  if (redis !== undefined) metrics.observeRedis(redis);
  const windows = new RedisWindows(redis, `limit:${name}:`);
  const counter = new WindowCounter({ shared: windows });
  const tables: Policies<string>[] = [];
  let cache: Cache | undefined;
  let database: Database<unknown> | undefined;

  const platform: Platform<Config> = {
    name,
    config,
    log,
    metrics,
    redis,
    stopping: stopping.signal,
    get cache() {
      cache ??= openCache(name, config, redis, metrics, onClose, tracing);
      return cache;
    },
    database<Schema>() {
      if (database === undefined) {
        database = openDatabase(name, config, log, metrics, health, onClose);
        tracing?.observeDatabase(database);
      }
      return database as Database<Schema>;
    },
    policies<const Name extends string>(table: Readonly<Record<Name, PolicyOptions>>): Policies<Name> {
      const policies = createPolicies(table);
      metrics.observePolicies(policies);
      tracing?.observePolicies(policies);
      if (tables.push(policies) === 1) health.add('policies', () => policiesHealth(tables));
      policies.events.on('state', ({ name: policy, from, to }) =>
        log.warn({ policy, from, to }, 'circuit changed state'),
      );
      return policies;
    },
    limiter: (rule: LimitRule) => new Limiter(counter, rule),
    onClose,
    onHealth: (part: string, check: HealthCheck) => health.add(part, check),
  };
  return {
    platform,
    health,
    windows,
    tracing,
    database: () => database,
    stopping,
    close: () => closeAll(closers),
  };
}

/** A statement may take this share of the time of a request. */
const STATEMENT_SHARE = 0.8;

type OnClose = (close: () => Promise<void> | void) => void;

function openRedis(url: string, name: string, health: HealthChecks, onClose: OnClose): Redis {
  // Whoever asks has a shorter limit, which knows a Redis that is silent from a loop that was busy.
  const redis = createRedis(url, { connectionName: name, commandTimeoutMs: 1_000 });
  onClose(() => redis.disconnect());
  health.add('redis', () =>
    redis.status === 'ready' ? { status: 'up' } : { status: 'degraded', connection: redis.status },
  );
  return redis;
}

function openCache(
  name: string,
  config: PlatformConfig,
  redis: Redis | undefined,
  metrics: Metrics,
  onClose: OnClose,
  tracing: Tracing | undefined,
): Cache {
  const cache = createCache({ namespace: name, redis, memory: { bytesMax: config.CACHE_MEMORY_BYTES } });
  metrics.observeCache(cache);
  onClose(() => cache.close());
  return withSharedLoads(tracing?.observeLoads(cache) ?? cache);
}

function openDatabase(
  name: string,
  config: PlatformConfig,
  log: FastifyBaseLogger,
  metrics: Metrics,
  health: HealthChecks,
  onClose: OnClose,
): Database<unknown> {
  const database = createDatabase<unknown>({
    primary: config.DATABASE_URL,
    replicas: splitList(config.DATABASE_REPLICA_URLS),
    applicationName: name,
    poolSizeMax: config.DATABASE_POOL_MAX,
    // Less than a request has, so that statements seldom need a time of their own.
    statementTimeoutMs: STATEMENT_SHARE * config.REQUEST_TIMEOUT_MS,
    trace: currentTraceParent,
  });
  database.events.on('host', ({ name: host, state, reason }) =>
    log[state === 'up' ? 'info' : 'warn']({ host, state, reason }, 'database host changed state'),
  );
  metrics.observeDatabase(database);
  health.add('database', () => databaseHealth(database));
  onClose(() => database.destroy());
  return database;
}

async function closeAll(closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  let fault: { readonly error: unknown } | undefined;
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      fault ??= { error };
    }
  }
  if (fault !== undefined) throw fault.error;
}
