import { EventEmitter } from 'node:events';
import type { Admission, AdmissionEventMap, AdmissionStats, Entrant, RefusalReason } from './contract.ts';
import { LoopLimit } from './loop-limit.ts';
import { LoopMeter } from './loop-meter.ts';
import { withDefaults, type AdmissionOptions } from './options.ts';
import { LEVEL_MAX, rankOf } from './priority.ts';
import { SheddingLevel } from './shedding-level.ts';
import { Tally } from './tally.ts';
import { WaitingLine } from './waiting-line.ts';

/** A window is this long and has this many samples, or is as long as the longest. */
const WINDOW_MS = 100;
const WINDOW_MAX_MS = 1_000;
const SAMPLES_MIN = 20;
const LINE_SIZE_MIN = 64;
const CROWD_MS = 500;
const BUSY_SHARE = 0.9;
const SWEEP_MS = 5;

/** The admission of one process. */
export function createAdmission(options: AdmissionOptions = {}): Admission {
  return new LoopAdmission(options);
}

class LoopAdmission implements Admission {
  readonly events = new EventEmitter<AdmissionEventMap>();
  readonly #clock: () => number;
  readonly #cpu: (() => number) | undefined;
  readonly #random: () => number;
  readonly #after: (ms: number, work: () => void) => void;
  readonly #meter = new LoopMeter();
  readonly #limit: LoopLimit;
  readonly #level = new SheddingLevel();
  readonly #line = new WaitingLine();
  readonly #lineSizeMax: number;
  readonly #waitMs: number;
  readonly #tally = new Tally();
  #inFlight = 0;
  /** Slots given back in this turn count to its end: work that never waits would have no limit otherwise. */
  #spent = 0;
  #usedMax = 0;
  #isSweepDue = false;
  #isSweeping = false;
  #windowFrom: number;
  #cpuFrom: number;
  /** In this window. */
  #arrived = 0;
  #passed = 0;
  #overflowed = 0;
  #done = 0;

  /** A loop that has idle times will get through a crowd; otherwise only the most important wait as long as they may. */
  readonly #patienceMs = (rank: number): number => {
    if (this.#meter.usualBusyShare < BUSY_SHARE) return Math.max(CROWD_MS, this.#waitMs);
    return rank === 0 ? this.#waitMs : this.#waitMs / 2;
  };

  constructor(options: AdmissionOptions) {
    const { clock, cpu, random, after, limit, queue } = withDefaults(options);
    this.#clock = clock;
    this.#cpu = cpu;
    this.#random = random;
    this.#after = after;
    this.#limit = new LoopLimit(limit, this.#meter);
    this.#lineSizeMax = queue.size;
    this.#waitMs = queue.waitMs;
    this.#windowFrom = clock();
    this.#cpuFrom = cpu?.() ?? 0;
  }

  get level(): number {
    return this.#level.value;
  }

  get limit(): number {
    return this.#limit.value;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#line.size;
  }

  stats(): AdmissionStats {
    return this.#tally.snapshot();
  }

  enter(entrant: Entrant): void {
    const rank = rankOf(entrant.priority);
    this.#arrived++;
    this.#level.noteArrival(rank);
    if (this.#level.value > 0) {
      this.#closeIdleWindow(this.#clock());
      if (this.#level.refuses(rank, entrant)) {
        this.#refuse(entrant, 'level');
        return;
      }
    }
    this.#passed++;
    if (this.#line.size === 0 && this.#hasRoom()) this.#admit(entrant, 0);
    else this.#lineUp(entrant);
  }

  leave(): void {
    this.#inFlight--;
    this.#spent++;
    this.#done++;
  }

  cancel(entrant: Entrant): void {
    this.#line.remove(entrant);
  }

  noteTurn(turnMs: number): void {
    this.#meter.noteTurn(turnMs);
    this.#limit.noteTurn();
    this.#closeWindow(this.#clock());
    this.#sweep();
  }

  #hasRoom(): boolean {
    const used = this.#inFlight + this.#spent;
    return used < this.#limit.value || this.#limit.grow(used);
  }

  #admit(entrant: Entrant, waitedMs: number): void {
    this.#inFlight++;
    const used = this.#inFlight + this.#spent;
    if (used > this.#usedMax) this.#usedMax = used;
    this.#tally.admitted[entrant.priority]++;
    entrant.admitted(waitedMs);
  }

  #refuse(entrant: Entrant, reason: RefusalReason): void {
    this.#tally.refused[entrant.priority][reason]++;
    if (reason !== 'level') this.#overflowed++;
    entrant.refused({ reason, retryAfterMs: this.#pauseMs() });
  }

  /** 1 to 2 s when it is but a crowd, up to 10 s in a storm; jittered, so that they do not come back together. */
  #pauseMs(): number {
    return 1_000 + this.#random() * (1_000 + (8_000 * this.#level.value) / LEVEL_MAX);
  }

  #lineUp(entrant: Entrant): void {
    const since = this.#clock();
    // As many as could be served in time.
    const sizeMax = Math.max(LINE_SIZE_MIN, this.#waitMs / this.#meter.costMs);
    const waiter = { entrant, since };
    const displaced = this.#line.add(waiter, Math.min(this.#lineSizeMax, sizeMax));
    if (displaced !== waiter) this.#tally.queued[entrant.priority]++;
    if (displaced) this.#refuse(displaced.entrant, this.#lineSizeMax === 0 ? 'limit' : 'queue_full');
    this.#awaitSweep();
  }

  /** Between turns: sends away who has waited too long, and calls up who fits in. */
  #sweep(): void {
    this.#spent = 0;
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      while (this.#line.size > 0) {
        const now = this.#clock();
        const late = this.#line.takeExpired(now, this.#patienceMs);
        const next = late ?? (this.#hasRoom() ? this.#line.takeNext() : undefined);
        if (!next) break;
        if (late) this.#refuse(next.entrant, 'waited_too_long');
        else this.#admit(next.entrant, now - next.since);
      }
    } finally {
      this.#isSweeping = false;
    }
  }

  /** While somebody waits, as the loop may have nothing else to do that would end in a turn. */
  #awaitSweep(): void {
    if (this.#isSweepDue || this.#line.size + this.#spent === 0) return;
    this.#isSweepDue = true;
    this.#after(SWEEP_MS, () => {
      this.#isSweepDue = false;
      this.#sweep();
      this.#awaitSweep();
    });
  }

  /** Since it was last asked. */
  #cpuUsedMs(): number | undefined {
    if (!this.#cpu) return undefined;
    const before = this.#cpuFrom;
    this.#cpuFrom = this.#cpu();
    return this.#cpuFrom - before;
  }

  /**
   * After a pause there was no turn to end the window. Never else: within a turn, what it took and whom it left waiting is
   * not known yet, and the window would look as if there had been time for many more.
   */
  #closeIdleWindow(now: number): void {
    if (now - this.#windowFrom >= WINDOW_MAX_MS) this.#closeWindow(now);
  }

  #closeWindow(now: number): void {
    const elapsedMs = now - this.#windowFrom;
    if (elapsedMs < WINDOW_MS || (this.#arrived < SAMPLES_MIN && elapsedMs < WINDOW_MAX_MS)) return;
    const from = this.#level.value;
    this.#meter.close(elapsedMs, this.#done, this.#cpuUsedMs());
    this.#limit.update(this.#done / elapsedMs, this.#usedMax);
    const isSaturated = this.#meter.usualBusyShare >= BUSY_SHARE;
    const overflowShare = isSaturated ? Math.min(1, this.#overflowed / Math.max(1, this.#passed)) : 0;
    this.#level.update(overflowShare, this.#meter.busyShare, elapsedMs / WINDOW_MS);
    this.#arrived = this.#passed = this.#overflowed = this.#done = 0;
    this.#usedMax = this.#inFlight;
    this.#windowFrom = now;
    if (this.#level.value !== from) this.events.emit('level', { from, to: this.#level.value });
  }
}
