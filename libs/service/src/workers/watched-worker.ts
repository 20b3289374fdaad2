import cluster, { type Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { BEAT_EVERY_MS, beatOf, type Beat } from './heartbeat.ts';
import { MemoryWatch } from './memory-watch.ts';
import { orderToRetire } from './retire-order.ts';
import type { WorkerTimes } from './worker-times.ts';

export type WorkerState = 'starting' | 'ready' | 'frozen' | 'leaving' | 'gone';

/** How a worker ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker as the primary sees it: by its beats. Emits `gone` once, `late` for a beat that was missing. */
export class WatchedWorker extends EventEmitter<{ gone: [WorkerExit]; late: [] }> {
  readonly worker: Worker;
  readonly startedAt = performance.now();
  readonly #readiness = Promise.withResolvers<boolean>();
  readonly #memory: MemoryWatch;
  #beat: Beat | undefined;
  #beatAt = this.startedAt;
  #wasReady = false;
  #isFrozen = false;
  #isLeaving = false;
  #exit: WorkerExit | undefined;

  constructor(memoryMaxBytes: number) {
    super();
    this.#memory = new MemoryWatch(memoryMaxBytes);
    this.worker = cluster.fork();
    this.worker.on('message', (message: unknown) => {
      const beat = beatOf(message);
      if (beat !== undefined) this.#heard(beat);
    });
    this.worker.once('exit', (code: number | null, signal: string | null) => this.#ended({ code, signal }));
    // One that could not even be started has no exit; of any other fault its exit or its silence will tell.
    this.worker.on('error', () => {
      if (this.pid === undefined) this.#ended({ code: null, signal: null });
    });
  }

  get pid(): number | undefined {
    return this.worker.process.pid;
  }

  get state(): WorkerState {
    if (this.#exit !== undefined) return 'gone';
    if (this.#isLeaving) return 'leaving';
    if (this.#isFrozen) return 'frozen';
    return this.#wasReady ? 'ready' : 'starting';
  }

  get beat(): Beat | undefined {
    return this.#beat;
  }

  get exit(): WorkerExit | undefined {
    return this.#exit;
  }

  /** Resolves true when it takes requests, false when it ends before. */
  ready(): Promise<boolean> {
    return this.#readiness.promise;
  }

  /** Looks at its silence: too long and it counts as frozen, until it beats again. One that never starts is killed. */
  check(now: number, { frozenAfterMs, bootMaxMs }: Pick<WorkerTimes, 'frozenAfterMs' | 'bootMaxMs'>): void {
    if (this.#wasReady) this.#isFrozen = now - this.#beatAt > frozenAfterMs;
    else if (now - this.startedAt > bootMaxMs) this.kill('SIGKILL');
  }

  /** Whether it has had more memory than its share since `forMs`. */
  isLeaking(now: number, forMs: number): boolean {
    return this.state === 'ready' && this.#memory.isAboveSince(now - forMs);
  }

  /** The primary itself was away: what it did not hear in that time is nobody's silence. */
  forgive(now: number): void {
    this.#beatAt = now;
  }

  /** Lets it answer what is under way and end, within `graceMs`; a frozen one is killed, its silence was long enough. */
  async retire(graceMs: number): Promise<WorkerExit> {
    const isFrozen = this.#isFrozen;
    this.#isLeaving = true;
    orderToRetire(this.worker);
    const timer = setTimeout(() => this.kill('SIGKILL'), isFrozen ? 0 : graceMs);
    const exit = await this.whenGone();
    clearTimeout(timer);
    return exit;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) this.worker.process.kill(signal);
  }

  async whenGone(): Promise<WorkerExit> {
    if (this.#exit !== undefined) return this.#exit;
    return new Promise((resolve) => this.once('gone', resolve));
  }

  #heard(beat: Beat): void {
    const now = performance.now();
    if (this.#wasReady && now - this.#beatAt > 2 * BEAT_EVERY_MS) this.emit('late');
    this.#beat = beat;
    this.#beatAt = now;
    this.#isFrozen = false;
    this.#memory.add(beat, now);
    if (!beat.isReady || this.#wasReady) return;
    this.#wasReady = true;
    this.#readiness.resolve(true);
  }

  #ended(exit: WorkerExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#readiness.resolve(false);
    this.emit('gone', exit);
  }
}
