import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { createGroupMetrics } from '@ganitagya/metrics';
import { pino, type Logger } from 'pino';
import { Type, type Static, type TObject } from 'typebox';
import { ConfigError, loadConfig } from './config/load-config.ts';
import { platformConfig, type PlatformConfig } from './config/platform-config.ts';
import { startManagementServer } from './health/management-server.ts';
import type { ServiceDefinition } from './platform.ts';
import { openService } from './open-service.ts';
import { collectPushes, pushMetrics } from './workers/metrics-link.ts';
import { answerPrimary } from './workers/worker-link.ts';
import { WorkerGroup } from './workers/worker-group.ts';

const EXIT_CONFIG = 78;

/**
 * Runs a service until it is told to stop: reads the environment, starts `WORKERS` processes, listens, and on SIGTERM
 * or SIGINT drains and exits 0. Exits 78 with every fault of the configuration, 1 when it cannot start or stop in time.
 */
export async function runService<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
): Promise<void> {
  const config = readConfig(definition);
  const log = pino({ name: definition.name, level: config.LOG_LEVEL, base: { pid: process.pid } });
  process.on('uncaughtException', (error) => die(log, error));
  process.on('unhandledRejection', (reason) => die(log, reason));

  const workers = config.WORKERS === 'auto' ? availableParallelism() : config.WORKERS;
  try {
    if (cluster.isPrimary && workers > 1) await runPrimary(definition.name, config, workers, log);
    else await runProcess(definition, config, log);
  } catch (error) {
    die(log, error);
  }
}

async function runPrimary(name: string, config: PlatformConfig, count: number, log: Logger): Promise<void> {
  const metrics = createGroupMetrics({ service: name });
  collectPushes(metrics);
  const group = new WorkerGroup(count, log);
  const management = await startManagementServer(
    {
      ready: () => group.ready(),
      health: () => group.health(),
      metrics: () => metrics.exposition(),
    },
    { host: config.MANAGEMENT_HOST, port: config.MANAGEMENT_PORT },
  );
  group.start();
  onStopSignal(log, config.SHUTDOWN_GRACE_MS + 2_000, async () => {
    await group.stop(config.SHUTDOWN_GRACE_MS);
    management.close();
  });
}

async function runProcess<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  config: Static<Schema> & PlatformConfig,
  log: Logger,
): Promise<void> {
  const service = await openService(definition, config, log);
  const pushLast = cluster.isWorker ? pushMetrics(service.platform.metrics) : undefined;
  onStopSignal(log, config.SHUTDOWN_GRACE_MS, async () => {
    await service.close();
    await pushLast?.();
  });
  await service.listen();
  if (cluster.isWorker) {
    answerPrimary({
      ready: () => service.isReady(),
      health: () => service.health(),
    });
    return;
  }
  const management = await startManagementServer(
    { ready: () => service.isReady(), health: () => service.health(), metrics: () => service.metrics() },
    { host: config.MANAGEMENT_HOST, port: config.MANAGEMENT_PORT },
  );
  service.onClosed(() => void management.close());
}

function readConfig<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
): Static<Schema> & PlatformConfig {
  const schema = Type.Object({ ...platformConfig.properties, ...definition.config.properties });
  try {
    return loadConfig(schema, process.env) as Static<Schema> & PlatformConfig;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${definition.name}: ${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}

/**
 * Stops once at the first signal; a second one, or `graceMs` later, ends it hard. A worker hears of a Ctrl-C twice,
 * from the terminal and from the primary, so only the grace ends it hard.
 */
function onStopSignal(log: Logger, graceMs: number, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping && cluster.isPrimary) process.exit(1);
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => die(log, new Error(`did not stop within ${graceMs} ms`)), graceMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => die(log, error),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function die(log: Logger, error: unknown): never {
  log.fatal({ err: error }, 'the process ends');
  process.exit(1);
}
