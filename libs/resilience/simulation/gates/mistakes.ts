import { createAdmission, type Entrant } from '../../src/index.ts';
import type { CreateGate } from './gate.ts';

/** Our admission, used or built wrongly: the simulation must notice each of these. */
export const MISTAKES = {
  /** Never hears how late the loop is. */
  'is deaf': (context) => {
    const admission = createAdmission(context);
    return over(admission, { noteTurn: () => admission.noteTurn(0) });
  },
  /** Takes everybody for equally important. */
  'is blind to priorities': (context) => {
    const admission = createAdmission(context);
    const equals = new Map<Entrant, Entrant>();
    return over(admission, {
      enter: (entrant) => {
        const equal: Entrant = {
          priority: 'reading',
          cohort: () => entrant.cohort(),
          admitted: (waitedMs) => entrant.admitted(waitedMs),
          refused: (refusal) => entrant.refused(refusal),
        };
        equals.set(entrant, equal);
        admission.enter(equal);
      },
      leave: (entrant, outcome) => {
        admission.leave(equals.get(entrant) ?? entrant, outcome);
        equals.delete(entrant);
      },
    });
  },
  /** Gives slots back within the turn. */
  'has no end of turns': (context) => {
    const admission = createAdmission(context);
    return over(admission, {
      leave: (entrant, outcome) => {
        admission.leave(entrant, outcome);
        admission.noteTurn(0);
      },
    });
  },
  /** One in a hundred never leaves. */
  leaks: (context) => {
    const admission = createAdmission({ ...context, limit: { max: 128 } });
    let left = 0;
    return over(admission, {
      leave: (entrant, outcome) => {
        if (++left % 100 !== 0) admission.leave(entrant, outcome);
      },
    });
  },
  /** Starts high and can't go down. */
  'is too generous': (context) => createAdmission({ ...context, limit: { initial: 256, min: 256 } }),
  /** Holds a limit that fits the loop but not those who wait elsewhere. */
  'is too narrow': (context) => createAdmission({ ...context, limit: { initial: 8, max: 8 } }),
  /** Lets nobody wait. */
  'is impatient': (context) => createAdmission({ ...context, queue: { size: 0 } }),
  /** Lets everybody wait for long. */
  'is too patient': (context) => createAdmission({ ...context, queue: { waitMs: 1_000 } }),
} as const satisfies Record<string, CreateGate>;

type Gate = ReturnType<CreateGate>;

function over(admission: Gate, wrong: Partial<Gate>): Gate {
  return {
    enter: (entrant) => admission.enter(entrant),
    leave: (entrant, outcome) => admission.leave(entrant, outcome),
    noteTurn: (turnMs) => admission.noteTurn(turnMs),
    ...wrong,
  };
}
