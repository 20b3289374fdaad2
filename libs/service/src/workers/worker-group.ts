import { EventEmitter } from 'node:events';
import type { FastifyBaseLogger } from 'fastify';
import type { HealthReport } from '../health/health-checks.ts';
import { EarlyDeaths } from './early-deaths.ts';
import { memoryShare } from './memory-watch.ts';
import { RollingRestart } from './rolling-restart.ts';
import { describeWorker } from './worker-report.ts';
import { WorkerSlot, type RestartReason } from './worker-slot.ts';
import { workerTimes, type WorkerTimes } from './worker-times.ts';

/** What a group needs to know. */
export interface WorkerGroupOptions {
  readonly count: number;
  readonly graceMs: number;
  readonly log: FastifyBaseLogger;
  /** What one worker may have; its share of the container's memory without it. */
  readonly memoryMaxBytes?: number | undefined;
  readonly times?: Partial<WorkerTimes> | undefined;
}

const LOOK_EVERY_MS = 250;
const LOOK_LATE_MS = 1_000;

/**
 * Keeps `count` workers of this program running. A dead one is started again, with back-off when it keeps dying; a
 * frozen or leaking one is replaced; all are replaced one by one when asked to. Emits `hopeless` when workers cannot
 * start and none serves, and counts what it does.
 */
export class WorkerGroup extends EventEmitter<{
  restart: [RestartReason];
  late: [];
  hopeless: [Error];
}> {
  readonly #log: FastifyBaseLogger;
  readonly #times: WorkerTimes;
  readonly #graceMs: number;
  readonly #slots: readonly WorkerSlot[];
  readonly #early: EarlyDeaths;
  readonly #rolling: RollingRestart;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #leakNotBefore = 0;
  /** Of a leaking worker, which is gentle, and like a rolling restart not to be done to two at once. */
  #isReplacing = false;
  #isStopping = false;

  constructor({ count, graceMs, log, memoryMaxBytes = memoryShare(count), times }: WorkerGroupOptions) {
    super();
    this.#log = log;
    this.#times = { ...workerTimes, ...times };
    this.#graceMs = graceMs;
    this.#early = new EarlyDeaths(count);
    this.#slots = Array.from(
      { length: count },
      (_each, index) =>
        new WorkerSlot(index, {
          times: this.#times,
          memoryMaxBytes,
          graceMs,
          onLate: () => this.emit('late'),
          onRestart: (slot, reason, { pid }) => {
            log.info({ worker: pid, slot: slot.index, reason }, 'another worker starts');
            this.emit('restart', reason);
          },
          onFrozen: (slot, { pid }) =>
            log.error({ worker: pid, slot: slot.index }, 'worker is frozen; starting another'),
          onDeath: (slot, worker, exit, waitMs) => {
            log.error({ worker: worker.pid, slot: slot.index, ...exit, waitMs }, 'worker died');
            this.#noteDeath(performance.now(), worker.startedAt);
          },
        }),
    );
    this.#rolling = new RollingRestart(this.#slots, this.#times, log);
  }

  get wanted(): number {
    return this.#slots.length;
  }

  /** Places in which somebody takes requests. */
  get readyCount(): number {
    return this.#slots.filter((slot) => slot.isReady).length;
  }

  get isHeld(): boolean {
    return this.#rolling.status.state === 'held';
  }

  /** Whether at least one worker takes requests. */
  isReady(): boolean {
    return this.readyCount > 0 && !this.#isStopping;
  }

  start(): void {
    this.#lookedAt = performance.now();
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Replaces all workers, one by one. Asked for while that is under way, it is done once more afterwards. */
  restart(): void {
    this.#rolling.ask();
  }

  /** The report of every worker, and the worst of them as the whole's. */
  async health(): Promise<HealthReport> {
    const workers = await Promise.all(
      this.#slots.flatMap((slot) => slot.workers.map((worker) => describeWorker(slot, worker))),
    );
    const allUp = this.readyCount === this.wanted && workers.every(({ status }) => status === 'up');
    return {
      status: !this.isReady() ? 'down' : allUp ? 'up' : 'degraded',
      timestamp: new Date().toISOString(),
      uptime: Math.round(process.uptime()),
      pid: process.pid,
      node: process.version,
      wanted: this.wanted,
      ready: this.readyCount,
      rollingRestart: this.#rolling.status,
      workers,
    };
  }

  /** Asks every worker to drain and waits until all are gone; false when some did not end well. */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    this.#rolling.stop();
    for (const slot of this.#slots) slot.stop();
    const workers = this.#slots.flatMap((slot) => slot.workers);
    for (const worker of workers) worker.kill(worker.state === 'frozen' ? 'SIGKILL' : 'SIGTERM');
    const hard = setTimeout(() => this.kill(), this.#graceMs);
    const exits = await Promise.all(workers.map(async (worker) => worker.whenGone()));
    clearTimeout(hard);
    clearInterval(this.#timer);
    return exits.every(({ code, signal }) => (code ?? 0) === 0 && signal !== 'SIGKILL');
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const slot of this.#slots) for (const worker of slot.workers) worker.kill('SIGKILL');
  }

  #look(): void {
    const now = performance.now();
    // Whoever was away himself (a suspended machine) has not heard what was said.
    if (now - this.#lookedAt > LOOK_LATE_MS) for (const slot of this.#slots) slot.forgive(now);
    this.#lookedAt = now;
    if (this.#isStopping) {
      // A worker that freezes while it drains would be waited for.
      for (const slot of this.#slots) slot.killFrozen(now);
      return;
    }
    for (const slot of this.#slots) slot.tend(now);
    if (!this.#isReplacing) this.#rolling.startIfAsked();
    if (!this.#rolling.isRunning && !this.#isReplacing) this.#replaceLeaking(now);
  }

  #replaceLeaking(now: number): void {
    const slot = now < this.#leakNotBefore ? undefined : this.#slots.find((each) => each.isLeaking(now));
    if (slot === undefined) return;
    const { pid, beat } = slot.current ?? {};
    this.#log.warn({ worker: pid, slot: slot.index, rssBytes: beat?.rssBytes }, 'worker has too much memory');
    this.#isReplacing = true;
    this.#leakNotBefore = now + this.#times.leakPauseMs;
    void slot.replace('leaking').then(({ fault }) => {
      this.#isReplacing = false;
      if (fault !== undefined) this.#log.error({ slot: slot.index, fault }, 'the leaking worker stays');
    });
  }

  #noteDeath(now: number, startedAt: number): void {
    if (now - startedAt >= this.#times.steadyMs) return;
    this.#early.add(now);
    if (this.readyCount > 0 || this.#isStopping || !this.#early.isHopeless(now)) return;
    const tries = this.#early.count(now);
    this.emit('hopeless', new Error(`no worker serves, and ${tries} died young within a minute`));
  }
}
