import cluster from 'node:cluster';
import type { FastifyBaseLogger } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { PlatformConfig } from './config/platform-config.ts';
import { endOnSignal } from './drain/ending.ts';
import { startManagementServer } from './health/management-server.ts';
import { openService, type Service } from './open-service.ts';
import type { ServiceDefinition } from './platform.ts';
import { serviceVersion } from './service-version.ts';
import { answerHealth } from './workers/health-link.ts';
import { startHeartbeat } from './workers/heartbeat.ts';
import { pushMetrics } from './workers/metrics-link.ts';
import { onOrderToRetire } from './workers/retire-order.ts';

const RETIRED = 'another worker has taken over';

/** A process that serves: the only one of its service, or a worker. */
export async function runProcess<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  config: Static<Schema> & PlatformConfig,
  log: FastifyBaseLogger,
): Promise<void> {
  let service: Service<Static<Schema>> | undefined;
  let lastWords = async (): Promise<void> => undefined;
  const end = endOnSignal({
    log,
    graceMs: config.SHUTDOWN_GRACE_MS,
    stop: async (reason) => {
      await service?.close(reason === RETIRED ? 'retire' : 'stop');
      await lastWords();
      return true;
    },
    // A worker hears of a Ctrl-C twice, from the terminal and from the primary, which has its own second.
    ...(cluster.isPrimary && { onSecondSignal: () => process.exit(1) }),
  });
  // Who hangs up on a whole group of processes means the primary, which has somebody to take over.
  process.on('SIGHUP', () => {
    if (cluster.isPrimary) end('SIGHUP');
  });
  if (cluster.isPrimary) {
    service = await openService(definition, config, log);
    await manage(service, config);
    await service.listen();
    return;
  }

  onOrderToRetire(() => end(RETIRED));
  const version = serviceVersion();
  const beat = startHeartbeat(() => ({
    isReady: service?.isReady() ?? false,
    inFlight: service?.connections.inFlight ?? 0,
    answered: service?.connections.answered ?? 0,
    failed: service?.connections.failed ?? 0,
    version,
  }));
  const opened = (service = await openService(definition, config, log));
  lastWords = pushMetrics(opened.platform.metrics);
  answerHealth(() => opened.health());
  await opened.listen();
  beat();
}

async function manage(service: Service<unknown>, config: PlatformConfig): Promise<void> {
  const management = await startManagementServer(
    { ready: () => service.isReady(), health: () => service.health(), metrics: () => service.metrics() },
    { host: config.MANAGEMENT_HOST, port: config.MANAGEMENT_PORT },
  );
  service.onClosed(() => void management.close());
}
