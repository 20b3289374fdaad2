import { Worker } from 'node:worker_threads';
import type { SolverJob, SolverReply } from './solver-messages.ts';
import type { DeclineReason, Language, Outcome, Task } from './task.ts';

export interface SolverPoolOptions {
  readonly workers: number;
  /** Tasks that may wait for a worker; more are declined as busy. */
  readonly queueMax: number;
  /** The longest a task waits for a worker before it is declined as busy. */
  readonly waitMaxMs: number;
  /** From the start of a task to the death of the worker that has not finished it. */
  readonly timeLimitMs: number;
  /** The engine's memory grows slowly: a worker is replaced after so many tasks. */
  readonly tasksPerWorker: number;
  readonly onWorkerLost?: (reason: 'time-limit' | 'crash', error?: unknown) => void;
  /** The file each worker runs; tests give one that hangs. */
  readonly workerFile?: URL;
}

interface Waiting extends SolverJob {
  readonly resolve: (outcome: Outcome) => void;
  readonly waitTimer: NodeJS.Timeout;
}

interface Slot {
  worker: Worker;
  isReady: boolean;
  /** Another worker is starting to take its place. */
  isWorn: boolean;
  tasks: number;
  current?: { readonly job: Waiting; readonly timer: NodeJS.Timeout };
}

const MEMORY_MB_MAX = 512;
/** How much sooner than the hard limit the engine stops by itself, which spares the worker. */
const SOFT_LIMIT_SHARE = 0.7;
const RESTART_DELAY_MS = 250;
const START_FAILURES_MAX = 10;

/**
 * Runs tasks in worker threads, each with its own engine. A task that takes too long is declined and its worker
 * replaced; nothing a student asks can hold up the event loop or the next question for longer than the limit.
 */
export class SolverPool {
  readonly #options: SolverPoolOptions;
  readonly #slots = new Set<Slot>();
  readonly #queue: Waiting[] = [];
  readonly #delays = new Set<NodeJS.Timeout>();
  #startFailures = 0;
  #isClosed = false;

  constructor(options: SolverPoolOptions) {
    this.#options = options;
    for (let index = 0; index < options.workers; index += 1) this.#start();
  }

  /** Never rejects: what cannot be solved, or not in time, is declined with a reason. */
  solve(task: Task, language: Language): Promise<Outcome> {
    if (this.#isClosed || this.#queue.length >= this.#options.queueMax)
      return Promise.resolve(declined('busy'));
    return new Promise((resolve) => {
      const waitTimer = setTimeout(() => this.#giveUp(job), this.#options.waitMaxMs);
      const job: Waiting = { task, language, resolve, waitTimer };
      this.#queue.push(job);
      this.#next();
    });
  }

  /** Whether at least one worker can take a task. */
  get isReady(): boolean {
    return [...this.#slots].some((slot) => slot.isReady);
  }

  /** Ends all workers; what waits is declined. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const delay of this.#delays) clearTimeout(delay);
    this.#declineAll('busy');
    await Promise.all([...this.#slots].map((slot) => this.#retire(slot, 'busy')));
  }

  #start(): void {
    const { timeLimitMs, workerFile = new URL('./worker.ts', import.meta.url) } = this.#options;
    const worker = new Worker(workerFile, {
      workerData: { softLimitMs: Math.round(timeLimitMs * SOFT_LIMIT_SHARE) },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    });
    worker.unref();
    const slot: Slot = { worker, isReady: false, isWorn: false, tasks: 0 };
    this.#slots.add(slot);
    worker.on('message', (reply: SolverReply) => this.#receive(slot, reply));
    worker.on('error', (error) => this.#lose(slot, 'crash', error));
    worker.on('exit', () => this.#lose(slot, 'crash'));
  }

  #receive(slot: Slot, reply: SolverReply): void {
    if (reply.kind === 'ready') {
      slot.isReady = true;
      this.#startFailures = 0;
      const worn = [...this.#slots].find((each) => each.isWorn && !each.current);
      if (worn) void this.#retire(worn, 'busy');
    } else if (slot.current) {
      const { job, timer } = slot.current;
      clearTimeout(timer);
      delete slot.current;
      job.resolve(reply.outcome);
      this.#replaceIfWorn(slot);
    }
    this.#next();
  }

  #next(): void {
    for (const slot of this.#slots) {
      if (!slot.isReady || slot.current) continue;
      const job = this.#queue.shift();
      if (!job) return;
      clearTimeout(job.waitTimer);
      slot.tasks += 1;
      const timer = setTimeout(() => this.#lose(slot, 'time-limit'), this.#options.timeLimitMs);
      slot.current = { job, timer };
      slot.worker.postMessage({ task: job.task, language: job.language } satisfies SolverJob);
    }
  }

  #giveUp(job: Waiting): void {
    this.#queue.splice(this.#queue.indexOf(job), 1);
    job.resolve(declined('busy'));
  }

  #declineAll(reason: DeclineReason): void {
    for (const { resolve, waitTimer } of this.#queue.splice(0)) {
      clearTimeout(waitTimer);
      resolve(declined(reason));
    }
  }

  /** The old worker goes on until the new one is ready; once that is so, at its next pause. */
  #replaceIfWorn(slot: Slot): void {
    if (slot.isWorn) {
      if ([...this.#slots].some((each) => each.isReady && !each.isWorn)) void this.#retire(slot, 'busy');
    } else if (slot.tasks >= this.#options.tasksPerWorker) {
      slot.isWorn = true;
      this.#start();
    }
  }

  /** A worker hung or died: its task is declined and another worker takes its place. */
  #lose(slot: Slot, reason: 'time-limit' | 'crash', error?: unknown): void {
    if (!this.#slots.has(slot)) return;
    if (!slot.isReady) this.#startFailures += 1;
    void this.#retire(slot, reason === 'time-limit' ? 'time-limit' : 'failed');
    this.#options.onWorkerLost?.(reason, error);
    if (this.#isClosed || slot.isWorn) return;
    if (reason === 'time-limit') {
      this.#start();
      return;
    }
    if (this.#startFailures >= START_FAILURES_MAX) {
      this.#declineAll('failed');
    }
    // A worker that dies at its start must not be forked in a tight loop.
    const delay = setTimeout(
      () => {
        this.#delays.delete(delay);
        this.#start();
      },
      RESTART_DELAY_MS * 2 ** Math.min(this.#startFailures, 7),
    );
    delay.unref();
    this.#delays.add(delay);
  }

  async #retire(slot: Slot, reason: DeclineReason): Promise<void> {
    this.#slots.delete(slot);
    if (slot.current) {
      clearTimeout(slot.current.timer);
      slot.current.job.resolve(declined(reason));
      delete slot.current;
    }
    await slot.worker.terminate();
  }
}

function declined(reason: DeclineReason): Outcome {
  return { status: 'declined', reason };
}
