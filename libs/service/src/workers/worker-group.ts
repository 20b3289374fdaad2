import cluster, { type Worker } from 'node:cluster';
import type { FastifyBaseLogger } from 'fastify';
import type { HealthReport } from '../health/health-checks.ts';
import { RestartDelay } from './restart-delay.ts';
import { ask } from './worker-link.ts';

/** Keeps `count` workers of this program running: a dead one is started again, with back-off when it keeps dying. */
export class WorkerGroup {
  readonly #count: number;
  readonly #log: FastifyBaseLogger;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopping = false;

  constructor(count: number, log: FastifyBaseLogger) {
    this.#count = count;
    this.#log = log;
  }

  start(): void {
    for (let slot = 0; slot < this.#count; slot += 1) this.#fork(new RestartDelay());
  }

  /** Whether at least one worker takes requests; the first that does is the answer, a frozen one is not waited for. */
  async ready(): Promise<boolean> {
    const yeses = this.#workers.map(async (worker) => {
      if ((await ask(worker, 'ready')) !== true) throw new Error('not ready');
    });
    const anyReady = await Promise.any(yeses).then(
      () => true,
      () => false,
    );
    return anyReady && !this.#stopping;
  }

  /** The report of every worker, and the worst of them as the whole's. */
  async health(): Promise<HealthReport> {
    const workers = await Promise.all(
      this.#workers.map(async (worker): Promise<HealthReport> => {
        const report = await ask(worker, 'health');
        return report ?? { status: 'down', pid: worker.process.pid, error: 'no answer in time' };
      }),
    );
    const allUp = workers.length === this.#count && workers.every((worker) => worker.status === 'up');
    const noneUp = workers.every((worker) => worker.status === 'down');
    return {
      status: noneUp ? 'down' : allUp ? 'up' : 'degraded',
      timestamp: new Date().toISOString(),
      uptime: Math.round(process.uptime()),
      pid: process.pid,
      workers,
    };
  }

  /** Asks every worker to drain and waits until all are gone; after `graceMs` the rest is killed. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const workers = this.#workers;
    const gone = workers.map(
      (worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve())),
    );
    for (const worker of workers) worker.process.kill('SIGTERM');
    const hard = setTimeout(() => {
      for (const worker of this.#workers) worker.process.kill('SIGKILL');
    }, graceMs);
    await Promise.all(gone);
    clearTimeout(hard);
  }

  get #workers(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  }

  #fork(delay: RestartDelay): void {
    const startedAt = performance.now();
    const worker = cluster.fork();
    worker.once('exit', (code, signal) => {
      if (this.#stopping) return;
      const waitMs = delay.next(performance.now() - startedAt);
      this.#log.error({ worker: worker.process.pid, code, signal, waitMs }, 'worker died; starting another');
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#fork(delay);
      }, waitMs);
      this.#timers.add(timer);
    });
  }
}
