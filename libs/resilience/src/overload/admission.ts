import { EventEmitter } from 'node:events';
import type {
  Admission,
  AdmissionEventMap,
  AdmissionStats,
  Entrant,
  RefusalReason,
} from './contract.ts';
import { LoopLimit } from './loop-limit.ts';
import { COHORTS, PRIORITIES, rankOf } from './priority.ts';
import { SheddingLevel } from './shedding-level.ts';
import { Tally } from './tally.ts';
import { WaitingLine } from './waiting-line.ts';

/** All have defaults that fit one event loop. */
export interface AdmissionOptions {
  /** Milliseconds of a clock that never goes back; performance.now. */
  readonly clock?: () => number;
  readonly random?: () => number;
  /** Runs `work` once after `ms`, for those who wait while nothing else happens; an unreferenced setTimeout. */
  readonly after?: (ms: number, work: () => void) => void;
  /** Of requests in work at once; 32, 4 and 1024. */
  readonly limit?: { readonly initial?: number; readonly min?: number; readonly max?: number };
  /** How many may wait (64) and how long (50 ms). */
  readonly queue?: { readonly size?: number; readonly waitMs?: number };
}

const WINDOW_MS = 100;
const TARGET_MS = 20;

/** The admission of one process. */
export function createAdmission(options: AdmissionOptions = {}): Admission {
  return new LoopAdmission(options);
}

class LoopAdmission implements Admission {
  readonly events = new EventEmitter<AdmissionEventMap>();
  readonly #clock: () => number;
  readonly #random: () => number;
  readonly #after: (ms: number, work: () => void) => void;
  readonly #limit: LoopLimit;
  readonly #level = new SheddingLevel();
  readonly #line: WaitingLine;
  readonly #waitMs: number;
  readonly #tally = new Tally();
  #inFlight = 0;
  #isDispatching = false;
  #isSweepDue = false;
  #windowEndsAt: number;
  #turns = 0;
  #lateMs = 0;
  #inFlightMax = 0;
  #passed = 0;
  #overflowed = 0;

  constructor({
    clock = () => performance.now(),
    random = Math.random,
    after = unreferenced,
    ...rest
  }: AdmissionOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#after = after;
    this.#limit = new LoopLimit({ initial: 32, min: 4, max: 1024, targetMs: TARGET_MS, ...rest.limit });
    this.#line = new WaitingLine(rest.queue?.size ?? 64);
    this.#waitMs = rest.queue?.waitMs ?? 50;
    this.#windowEndsAt = clock() + WINDOW_MS;
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
    this.#level.arrived(rank);
    if (this.#level.value > 0 && this.#isShed(entrant, rank)) {
      this.#refuse(entrant, 'level');
      return;
    }
    this.#passed++;
    if (this.#inFlight < this.#limit.value && this.#line.size === 0) this.#admit(entrant, 0);
    else this.#lineUp(entrant);
  }

  leave(): void {
    this.#inFlight--;
    if (this.#line.size > 0) this.#dispatch();
  }

  cancel(entrant: Entrant): void {
    this.#line.remove(entrant);
  }

  noteTurn(lateMs: number): void {
    this.#turns++;
    this.#lateMs += lateMs;
    const now = this.#clock();
    if (now >= this.#windowEndsAt) this.#closeWindow(now);
    if (this.#line.size > 0) this.#sweep(now);
  }

  #isShed(entrant: Entrant, rank: number): boolean {
    const behind = (PRIORITIES.length - 1 - rank) * COHORTS;
    const level = this.#level.value;
    if (level >= behind + COHORTS) return true;
    return level > behind && behind + entrant.cohort() < level;
  }

  #admit(entrant: Entrant, waitedMs: number): void {
    this.#inFlight++;
    if (this.#inFlight > this.#inFlightMax) this.#inFlightMax = this.#inFlight;
    this.#tally.admitted[entrant.priority]++;
    entrant.admitted(waitedMs);
  }

  #refuse(entrant: Entrant, reason: RefusalReason): void {
    if (reason !== 'level') this.#overflowed++;
    this.#tally.refused[entrant.priority][reason]++;
    entrant.refused({ reason, retryAfterMs: 1_000 + this.#random() * 4_000 });
  }

  #lineUp(entrant: Entrant): void {
    const waiter = { entrant, since: this.#clock() };
    const displaced = this.#line.add(waiter);
    if (displaced !== waiter) this.#tally.queued[entrant.priority]++;
    if (displaced) this.#refuse(displaced.entrant, 'queue_full');
    this.#awaitSweep();
  }

  #dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    try {
      const now = this.#clock();
      while (this.#inFlight < this.#limit.value) {
        const waiter = this.#line.next();
        if (!waiter) break;
        this.#admit(waiter.entrant, now - waiter.since);
      }
    } finally {
      this.#isDispatching = false;
    }
  }

  #sweep(now: number): void {
    for (
      let late = this.#line.expired(now - this.#waitMs);
      late;
      late = this.#line.expired(now - this.#waitMs)
    ) {
      this.#refuse(late.entrant, 'waited_too_long');
    }
    this.#dispatch();
    this.#awaitSweep();
  }

  #awaitSweep(): void {
    if (this.#isSweepDue || this.#line.size === 0) return;
    this.#isSweepDue = true;
    this.#after(this.#waitMs, () => {
      this.#isSweepDue = false;
      this.#sweep(this.#clock());
    });
  }

  #closeWindow(now: number): void {
    const from = this.#level.value;
    this.#limit.update(this.#turns === 0 ? 0 : this.#lateMs / this.#turns, this.#inFlightMax);
    this.#level.update(this.#passed === 0 ? 0 : this.#overflowed / this.#passed);
    this.#turns = this.#lateMs = this.#passed = this.#overflowed = 0;
    this.#inFlightMax = this.#inFlight;
    this.#windowEndsAt = now + WINDOW_MS;
    if (this.#level.value !== from) this.events.emit('level', { from, to: this.#level.value });
  }
}

function unreferenced(ms: number, work: () => void): void {
  setTimeout(work, ms).unref();
}
