import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { answersSince, failsMore, shareOf, type Answers } from './failure-share.ts';
import type { WatchedWorker } from './watched-worker.ts';
import type { WorkerSlot } from './worker-slot.ts';
import type { WorkerTimes } from './worker-times.ts';

/** How far it is. `held`: it stopped half-way, and all that was not replaced yet goes on serving. */
export interface RollingStatus {
  readonly state: 'none' | 'running' | 'done' | 'held';
  readonly replaced: number;
  readonly reason?: string;
}

const LOOK_EVERY_MS = 250;
const WHOLE_WITHIN_MS = 30_000;

/**
 * Replaces all workers one by one: the new one starts, serves beside the old one for a while, and the old one drains.
 * It holds when a new worker dies, or fails more requests than the old ones in the same time.
 */
export class RollingRestart {
  readonly #slots: readonly WorkerSlot[];
  readonly #times: WorkerTimes;
  readonly #log: FastifyBaseLogger;
  #status: RollingStatus = { state: 'none', replaced: 0 };
  #isAsked = false;
  #isStopped = false;

  constructor(slots: readonly WorkerSlot[], times: WorkerTimes, log: FastifyBaseLogger) {
    this.#slots = slots;
    this.#times = times;
    this.#log = log;
  }

  get status(): RollingStatus {
    return this.#status;
  }

  get isRunning(): boolean {
    return this.#status.state === 'running';
  }

  /** To be done when nothing else is under way; asked for twice, it is still done once. */
  ask(): void {
    this.#log.info({ later: this.isRunning }, 'a rolling restart is asked for');
    this.#isAsked = true;
  }

  startIfAsked(): void {
    if (!this.#isAsked || this.isRunning || this.#isStopped) return;
    this.#isAsked = false;
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    const old = this.#slots.map((slot) => slot.current).filter((worker) => worker !== undefined);
    const fresh: WatchedWorker[] = [];
    let replaced = 0;
    for (const slot of this.#slots) {
      this.#status = { state: 'running', replaced };
      const fault = await this.#replace(slot, old, fresh);
      if (this.#isStopped) return;
      if (fault !== undefined) {
        this.#status = { state: 'held', replaced, reason: fault };
        this.#log.error({ ...this.#status, slot: slot.index }, 'the rolling restart holds');
        return;
      }
      replaced += 1;
    }
    this.#status = { state: 'done', replaced };
    this.#log.info(this.#status, 'the rolling restart is done');
  }

  async #replace(
    slot: WorkerSlot,
    old: readonly WatchedWorker[],
    fresh: WatchedWorker[],
  ): Promise<string | undefined> {
    const untilMs = performance.now() + WHOLE_WITHIN_MS;
    while (!this.#slots.every((each) => each.isReady)) {
      if (performance.now() > untilMs) return 'not all workers are ready';
      await sleep(LOOK_EVERY_MS);
    }
    const { fault, left } = await slot.replace('rolling', async (next) => {
      fresh.push(next);
      return this.#watch(old, fresh);
    });
    if (fault !== undefined) return fault;
    await left;
    return undefined;
  }

  /** Compares what the new workers and the old ones answer from now on. */
  async #watch(old: readonly WatchedWorker[], fresh: readonly WatchedWorker[]): Promise<string | undefined> {
    const since = (workers: readonly WatchedWorker[]) => {
      const before = workers.map((worker) => [worker, worker.beat] as const);
      return () => sum(before.map(([worker, beat]) => answersSince(beat, worker.beat)));
    };
    const [ofFresh, ofOld] = [since(fresh), since(old)];
    const untilMs = performance.now() + this.#times.trialMs;
    for (;;) {
      if (fresh.some((worker) => worker.exit !== undefined)) return 'a new worker died';
      const [freshAnswers, oldAnswers] = [ofFresh(), ofOld()];
      if (failsMore(freshAnswers, oldAnswers)) {
        return `new workers fail ${percent(freshAnswers)} of their requests, old ones ${percent(oldAnswers)}`;
      }
      if (performance.now() >= untilMs || this.#isStopped) return undefined;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

function sum(answers: readonly Answers[]): Answers {
  return answers.reduce(
    (total, { answered, failed }) => ({
      answered: total.answered + answered,
      failed: total.failed + failed,
    }),
    { answered: 0, failed: 0 },
  );
}

function percent(answers: Answers): string {
  return `${(shareOf(answers) * 100).toFixed(1)} %`;
}
