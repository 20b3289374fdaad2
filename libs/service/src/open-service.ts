import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { PlatformConfig } from './config/platform-config.ts';
import { createPlatform } from './create-platform.ts';
import { createServer } from './create-server.ts';
import { Connections } from './drain/connections.ts';
import { planDrain, type DrainKind } from './drain/drain-plan.ts';
import { drain } from './drain/drain.ts';
import type { HealthReport } from './health/health-checks.ts';
import { listen } from './http/listeners/listen.ts';
import { serverOf } from './http/listeners/shared-port-server.ts';
import type { Platform, ServiceDefinition } from './platform.ts';
import { serverDefaults } from './server-defaults.ts';
import { openTracing } from './tracing/tracing.ts';

/** A service in this process, listening or not. */
export interface Service<Config> {
  /** For `inject` in tests. */
  readonly app: FastifyInstance;
  readonly platform: Platform<Config>;
  readonly connections: Connections;
  listen(): Promise<string>;
  isReady(): boolean;
  health(): Promise<HealthReport>;
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  onClosed(listener: () => void): void;
  /** Readiness off, a pause for load balancers, answer what is in flight, then close cache and database. */
  close(kind?: DrainKind): Promise<void>;
}

/**
 * Builds a service from its definition and checked settings. What was opened is closed again if the build fails.
 * `defaultsOf` is for the benchmark that takes one default away after the other.
 */
export async function openService<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  config: Static<Schema> & PlatformConfig,
  log: FastifyBaseLogger,
  defaultsOf = serverDefaults,
): Promise<Service<Static<Schema>>> {
  const tracing = await openTracing(definition.name, config, log);
  const running = createPlatform<Static<Schema>>(definition.name, config, log, tracing);
  const { platform, health, stopping } = running;
  const defaults = defaultsOf(running, definition);
  const app = await createServer(definition, running, log, defaults).catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  const connections = new Connections(app.server);
  const listeners: (() => void)[] = [];
  let closing: Promise<void> | undefined;

  async function drainAndClose(kind: DrainKind): Promise<void> {
    const wasListening = health.state === 'ready';
    health.state = 'draining';
    try {
      if (wasListening) await letGoOfClients(kind);
      await app.close();
    } finally {
      connections.close();
      await running.close();
    }
    for (const listener of listeners) listener();
  }

  async function letGoOfClients(kind: DrainKind): Promise<void> {
    const plan = planDrain(kind, { delayMs: config.DRAIN_DELAY_MS, graceMs: config.SHUTDOWN_GRACE_MS });
    const cut = await drain(
      {
        connections,
        stopAccepting: () => serverOf(app).stopAccepting(),
        endLongAnswers: () => stopping.abort(new Error('The service stops')),
      },
      plan,
    );
    if (cut > 0) log.warn({ cut }, 'answers were cut off, because the grace was nearly over');
  }

  return {
    app,
    platform,
    connections,
    async listen() {
      const address = await listen(app, config.HOST, config.PORT);
      health.state = 'ready';
      log.info({ address }, 'listening');
      return address;
    },
    isReady: () => health.state === 'ready',
    health: () => health.report(),
    metrics: () => platform.metrics.exposition(),
    onClosed: (listener) => void listeners.push(listener),
    close: (kind = 'stop') => (closing ??= drainAndClose(kind)),
  };
}
