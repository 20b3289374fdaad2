import type { EventEmitter } from 'node:events';
import type { Priority } from './priority.ts';

/** `level`: of a class that is refused now; the others: no slot was free, or none became free in time. */
export type RefusalReason = 'limit' | 'level' | 'queue_full' | 'waited_too_long';

/** Nothing was done for a refused entrant: it may safely try again, best after `retryAfterMs` (jittered, 1 to 10 s). */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly retryAfterMs: number;
}

/** One request that asks to be let in; exactly one of `admitted` and `refused` is called, once, unless it cancels. */
export interface Entrant {
  readonly priority: Priority;
  /** 0 to 127, stable for a user for hours; asked only when somebody must be refused. */
  cohort(): number;
  /** It holds a slot from now on, until `leave`. Must not throw. */
  admitted(waitedMs: number): void;
  /** Must not throw. */
  refused(refusal: Refusal): void;
}

/** `dropped` says nothing about the service: the client went away, or its request was at fault. */
export type Outcome = 'done' | 'dropped';

/** Counts since the start, by priority. */
export interface AdmissionStats {
  readonly admitted: Readonly<Record<Priority, number>>;
  /** How many of all entrants had to wait first. */
  readonly queued: Readonly<Record<Priority, number>>;
  readonly refused: Readonly<Record<Priority, Readonly<Record<RefusalReason, number>>>>;
}

export interface AdmissionEventMap {
  /** Listeners must not throw. */
  level: [event: { from: number; to: number }];
}

/** Decides who may be served now, before any work is done for it. */
export interface Admission {
  /** Calls one of the entrant's two answers, at once or after a bounded wait. */
  enter(entrant: Entrant): void;
  /**
   * Gives the slot of an admitted entrant back. Once; a stream leaves when its first byte is out. The outcome is for limits
   * that look at latencies; the present one does not.
   */
  leave(entrant: Entrant, outcome: Outcome): void;
  /** Gives the place of a waiting entrant up; it hears nothing more. Harmless for others. */
  cancel(entrant: Entrant): void;
  /**
   * How long a turn of the event loop took, waiting for events not counted: so late was what had to wait for it. Call it at
   * the end of each turn. It may admit those who wait; what they do belongs to the next turn.
   */
  noteTurn(turnMs: number): void;
  /** 0: nobody is refused by class. 511: all but the last cohort of the most important priority. */
  readonly level: number;
  readonly limit: number;
  readonly inFlight: number;
  readonly queued: number;
  stats(): AdmissionStats;
  readonly events: EventEmitter<AdmissionEventMap>;
}
