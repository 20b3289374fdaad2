import type { Admission, Entrant } from '../../src/index.ts';

/** What stands before the handlers: our admission, or something to compare it with. */
export type Gate = Pick<Admission, 'enter' | 'leave' | 'noteTurn'> & {
  /** How many may be in work, where there is such a number. */
  readonly limit?: number;
  readonly level?: number;
};

/** What a gate may need to know of its world. */
export interface GateContext {
  readonly clock: () => number;
  readonly random: () => number;
  readonly after: (ms: number, work: () => void) => void;
}

export type CreateGate = (context: GateContext) => Gate;

/** The refusal of those who know nothing better. */
export function refuse(entrant: Entrant): void {
  entrant.refused({ reason: 'limit', retryAfterMs: 10_000 });
}
