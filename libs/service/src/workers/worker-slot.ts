import { RestartDelay } from './restart-delay.ts';
import { WatchedWorker, type WorkerExit } from './watched-worker.ts';
import type { WorkerTimes } from './worker-times.ts';

/** Why a worker was started that is not the first in its place. */
export type RestartReason = 'died' | 'frozen' | 'leaking' | 'rolling';

/** What a slot may do, and whom it tells. */
export interface SlotOptions {
  readonly times: WorkerTimes;
  readonly memoryMaxBytes: number;
  readonly graceMs: number;
  readonly onRestart: (slot: WorkerSlot, reason: RestartReason, worker: WatchedWorker) => void;
  readonly onFrozen: (slot: WorkerSlot, worker: WatchedWorker) => void;
  /** Of a death that nobody asked for; the next one is started after `waitMs`. */
  readonly onDeath: (slot: WorkerSlot, worker: WatchedWorker, exit: WorkerExit, waitMs: number) => void;
  readonly onLate: () => void;
}

/** Looks at a new worker beside the old one; what it finds wrong with it, or undefined. */
export type Trial = (next: WatchedWorker) => Promise<string | undefined>;

/**
 * The place of one worker. A dead worker is replaced after a wait; any other by a new one that starts beside it and
 * takes over when it is ready, so that the place is never empty by our own doing.
 */
export class WorkerSlot {
  readonly index: number;
  readonly #options: SlotOptions;
  readonly #delay: RestartDelay;
  readonly #leaving = new Set<WatchedWorker>();
  #current: WatchedWorker | undefined;
  #next: WatchedWorker | undefined;
  #frozenSince: number | undefined;
  #notBefore = 0;
  #launches = 0;
  #isStopping = false;

  constructor(index: number, options: SlotOptions) {
    this.index = index;
    this.#options = options;
    this.#delay = new RestartDelay(options.times.steadyMs);
  }

  get current(): WatchedWorker | undefined {
    return this.#current;
  }

  /** How many workers were started here after the first. */
  get restarts(): number {
    return Math.max(0, this.#launches - 1);
  }

  /** All processes of this place: the one that serves, the one that is to follow it, those that are leaving. */
  get workers(): readonly WatchedWorker[] {
    return [this.#current, this.#next, ...this.#leaving].filter((worker) => worker !== undefined);
  }

  get isReady(): boolean {
    return this.#current?.state === 'ready' || this.#next?.state === 'ready';
  }

  /** Does what is due: starts a worker where there is none, replaces a frozen one, ends one that never gets ready. */
  tend(now: number): void {
    if (this.#isStopping) return;
    for (const worker of this.workers) worker.check(now, this.#options.times);
    if (this.#current === undefined) {
      if (this.#next === undefined && now >= this.#notBefore) this.#current = this.#launch('died');
    } else if (this.#current.state === 'frozen') {
      this.#tendFrozen(this.#current, now);
    } else {
      this.#frozenSince = undefined;
    }
  }

  forgive(now: number): void {
    for (const worker of this.workers) worker.forgive(now);
  }

  isLeaking(now: number): boolean {
    return this.#current?.isLeaking(now, this.#options.times.leakingForMs) ?? false;
  }

  /** A new worker beside the old one, which goes when the new one is ready and passed its trial. Why not, if not. */
  async replace(
    reason: Exclude<RestartReason, 'died'>,
    trial?: Trial,
  ): Promise<{ readonly fault?: string; readonly left?: Promise<WorkerExit> }> {
    if (this.#next !== undefined || this.#isStopping) return { fault: 'its place is being changed already' };
    const next = (this.#next = this.#launch(reason));
    if (!(await next.ready())) return { fault: `the new worker ended before it was ready, ${endOf(next)}` };
    const fault = await trial?.(next);
    if (next.exit !== undefined) return { fault: `the new worker died, ${endOf(next)}` };
    if (fault !== undefined) {
      // Unless the old one died meanwhile, and this one serves in its place: a doubtful worker is better than none.
      if (this.#next === next) {
        this.#next = undefined;
        void this.#retire(next);
      }
      return { fault };
    }
    const left = this.#promote();
    return left === undefined ? {} : { left };
  }

  /** Nothing is started here any more. */
  stop(): void {
    this.#isStopping = true;
  }

  killFrozen(now: number): void {
    for (const worker of this.workers) {
      worker.check(now, this.#options.times);
      if (worker.state === 'frozen') worker.kill('SIGKILL');
    }
  }

  #tendFrozen(worker: WatchedWorker, now: number): void {
    if (this.#frozenSince === undefined) {
      this.#frozenSince = now;
      this.#options.onFrozen(this, worker);
    }
    if (now - this.#frozenSince > this.#options.times.frozenKillAfterMs) worker.kill('SIGKILL');
    if (this.#next === undefined && now >= this.#notBefore) void this.replace('frozen');
  }

  #launch(reason: RestartReason): WatchedWorker {
    const worker = new WatchedWorker(this.#options.memoryMaxBytes);
    worker.on('late', this.#options.onLate);
    worker.once('gone', (exit) => this.#ended(worker, exit));
    this.#launches += 1;
    if (this.#launches > 1) this.#options.onRestart(this, reason, worker);
    return worker;
  }

  #promote(): Promise<WorkerExit> | undefined {
    const old = this.#current;
    if (this.#next === undefined) return undefined;
    this.#current = this.#next;
    this.#next = undefined;
    this.#frozenSince = undefined;
    return old === undefined ? undefined : this.#retire(old);
  }

  async #retire(worker: WatchedWorker): Promise<WorkerExit> {
    this.#leaving.add(worker);
    return worker.retire(this.#options.graceMs);
  }

  #ended(worker: WatchedWorker, exit: WorkerExit): void {
    if (this.#leaving.delete(worker) || this.#isStopping) return;
    const now = performance.now();
    const waitMs = this.#delay.next(now - worker.startedAt);
    this.#notBefore = now + waitMs;
    if (worker === this.#next) this.#next = undefined;
    if (worker === this.#current) {
      this.#current = undefined;
      if (this.#next?.state === 'ready') void this.#promote();
    }
    this.#options.onDeath(this, worker, exit, waitMs);
    if (waitMs === 0) this.tend(now);
  }
}

function endOf({ exit }: WatchedWorker): string {
  return exit?.signal == null ? `with ${String(exit?.code)}` : `by ${exit.signal}`;
}
