import { startDeadline } from '@ganitagya/resilience';

/** Something that may wait for an answer. */
export type Waiting = {
  /** Since when; undefined when it does not. */
  readonly waitingSinceMs: number | undefined;
};

/** How long an answer may take, and who may wait for one. */
export type AnswerWatchOptions<Item extends Waiting> = {
  readonly items: Iterable<Item>;
  readonly deadlineMs: () => number;
  /** Called for each that waits longer; it is called again after the same time, as long as that one still waits. */
  readonly onLate: (item: Item) => void;
};

/** Notices, with one timer for all, who waits for an answer for too long. */
export class AnswerWatch<Item extends Waiting> {
  readonly #options: AnswerWatchOptions<Item>;
  readonly #askedAgainAtMs = new WeakMap<Item, number>();
  #stop: (() => void) | undefined;

  constructor(options: AnswerWatchOptions<Item>) {
    this.#options = options;
  }

  /** Tells that someone has begun to wait. Who began before is due before, so that a timer that runs is the right one. */
  begin(): void {
    this.#stop ??= startDeadline(this.#options.deadlineMs(), () => this.#check());
  }

  end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #check(): void {
    this.#stop = undefined;
    const { items, deadlineMs, onLate } = this.#options;
    const [nowMs, limitMs] = [performance.now(), deadlineMs()];
    let nextMs = Infinity;
    for (const item of items) {
      const { waitingSinceMs } = item;
      if (waitingSinceMs === undefined) continue;
      let dueMs = Math.max(waitingSinceMs, this.#askedAgainAtMs.get(item) ?? 0) + limitMs;
      if (dueMs <= nowMs) {
        this.#askedAgainAtMs.set(item, nowMs);
        dueMs = nowMs + limitMs;
        onLate(item);
      }
      nextMs = Math.min(nextMs, dueMs);
    }
    if (nextMs < Infinity) this.#stop ??= startDeadline(Math.max(1, nextMs - nowMs), () => this.#check());
  }
}
