import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { pino } from 'pino';
import { Type, type Static, type TObject } from 'typebox';
import { ConfigError, loadConfig } from './config/load-config.ts';
import { platformConfig, type PlatformConfig } from './config/platform-config.ts';
import { die } from './drain/ending.ts';
import type { ServiceDefinition } from './platform.ts';
import { runPrimary } from './run-primary.ts';
import { runProcess } from './run-process.ts';
import type { WorkerTimes } from './workers/worker-times.ts';

const EXIT_CONFIG = 78;

/**
 * Runs a service until it is told to stop: reads the environment, starts `WORKERS` processes, listens, and on SIGTERM
 * or SIGINT drains and exits 0; SIGHUP replaces the workers one by one. Exits 78 with every fault of the configuration,
 * 70 when no worker can start, 1 when it cannot start or stop in time. `times` are for tests, which have little.
 */
export async function runService<Schema extends TObject>(
  definition: ServiceDefinition<Schema>,
  times?: Partial<WorkerTimes>,
): Promise<void> {
  const config = readConfig(definition);
  const log = pino({ name: definition.name, level: config.LOG_LEVEL, base: { pid: process.pid } });
  process.on('uncaughtException', (error) => die(log, error));
  process.on('unhandledRejection', (reason) => die(log, reason));

  const workers = config.WORKERS === 'auto' ? availableParallelism() : config.WORKERS;
  try {
    if (cluster.isPrimary && workers > 1) await runPrimary(definition.name, config, workers, log, times);
    else await runProcess(definition, config, log);
  } catch (error) {
    die(log, error);
  }
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
