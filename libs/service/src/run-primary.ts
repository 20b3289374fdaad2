import { createGroupMetrics } from '@ganitagya/metrics';
import type { FastifyBaseLogger } from 'fastify';
import type { PlatformConfig } from './config/platform-config.ts';
import { endOnSignal } from './drain/ending.ts';
import { startManagementServer } from './health/management-server.ts';
import { requireFreePort } from './http/listeners/reuse-port.ts';
import { collectPushes } from './workers/metrics-link.ts';
import { WorkerGroup } from './workers/worker-group.ts';
import type { WorkerTimes } from './workers/worker-times.ts';

/** Workers cannot start, and none serves: whoever started this service should back off. */
const EXIT_HOPELESS = 70;
/** Of the grace; in the rest the primary ends itself. */
const WORKERS_SHARE_OF_GRACE = 0.95;

/** The first process of a service with several: it serves nobody, starts the others and looks after them. */
export async function runPrimary(
  name: string,
  config: PlatformConfig,
  count: number,
  log: FastifyBaseLogger,
  times?: Partial<WorkerTimes>,
): Promise<void> {
  const graceMs = config.SHUTDOWN_GRACE_MS;
  const group = new WorkerGroup({
    count,
    graceMs: graceMs * WORKERS_SHARE_OF_GRACE,
    log,
    memoryMaxBytes: config.WORKER_MEMORY_MAX_BYTES,
    times,
  });
  const end = endOnSignal({
    log,
    graceMs,
    stop: async () => group.stop(),
    onSecondSignal: () => {
      group.kill();
      process.exit(1);
    },
  });
  process.on('SIGHUP', () => {
    // A terminal that is closed says the same.
    if (process.stdout.isTTY) end('SIGHUP');
    else group.restart();
  });
  group.on('hopeless', (error) => {
    log.fatal({ err: error }, 'the service ends, because its workers cannot start');
    group.kill();
    process.exit(EXIT_HOPELESS);
  });

  const metrics = createGroupMetrics({ service: name });
  metrics.observeWorkers(group);
  collectPushes(metrics);
  // Before the workers, which share their port with whoever asks.
  await requireFreePort(config.HOST, config.PORT);
  await startManagementServer(
    { ready: () => group.isReady(), health: () => group.health(), metrics: () => metrics.exposition() },
    { host: config.MANAGEMENT_HOST, port: config.MANAGEMENT_PORT },
  );
  group.start();
}
