import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { PlatformConfig } from './config/platform-config.ts';
import { createPlatform } from './create-platform.ts';
import { createServer } from './create-server.ts';
import type { HealthReport } from './health/health-checks.ts';
import { ConnectionReaper } from './http/connection-reaper.ts';
import type { Platform, ServiceDefinition } from './platform.ts';
import { serverDefaults } from './server-defaults.ts';

/** A service in this process, listening or not. */
export interface Service<Config> {
  /** For `inject` in tests. */
  readonly app: FastifyInstance;
  readonly platform: Platform<Config>;
  listen(): Promise<string>;
  isReady(): boolean;
  health(): Promise<HealthReport>;
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  onClosed(listener: () => void): void;
  /** Readiness off, a pause for load balancers, answer what is in flight, then close cache and database. */
  close(): Promise<void>;
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
  const running = createPlatform<Static<Schema>>(definition.name, config, log);
  const { platform, health } = running;
  const defaults = defaultsOf(running, definition);
  const app = await createServer(definition, running, log, defaults).catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  const reaper = new ConnectionReaper(app.server);
  const listeners: (() => void)[] = [];
  let closing: Promise<void> | undefined;

  async function drainAndClose(): Promise<void> {
    const wasListening = health.state === 'ready';
    health.state = 'draining';
    if (wasListening) await sleep(config.DRAIN_DELAY_MS);
    const stopReaping = reaper.start();
    try {
      await app.close();
    } finally {
      stopReaping();
      await running.close();
    }
    for (const listener of listeners) listener();
  }

  return {
    app,
    platform,
    async listen() {
      const address = await app.listen({ host: config.HOST, port: config.PORT });
      health.state = 'ready';
      log.info({ address }, 'listening');
      return address;
    },
    isReady: () => health.state === 'ready',
    health: () => health.report(),
    metrics: () => platform.metrics.exposition(),
    onClosed: (listener) => void listeners.push(listener),
    close: () => (closing ??= drainAndClose()),
  };
}
