import type { CreateGate, Gate } from './gate.ts';
import { refuse } from './gate.ts';

/** An ordinary service. */
export const nothing: CreateGate = () => ({
  enter: (entrant) => entrant.admitted(0),
  leave: () => undefined,
  noteTurn: () => undefined,
});

/** No more than so many in work, whoever they are. */
export function fixedCap(limit: number): CreateGate {
  return () => {
    let inFlight = 0;
    return {
      limit,
      enter: (entrant) => {
        if (inFlight >= limit) {
          refuse(entrant);
          return;
        }
        inFlight++;
        entrant.admitted(0);
      },
      leave: () => {
        inFlight--;
      },
      noteTurn: () => undefined,
    };
  };
}

/** As @fastify/under-pressure: samples the loop now and then, and refuses all or nothing until the next sample. */
export function underPressure(options: { sampleMs: number; delayMaxMs: number }): CreateGate {
  return ({ clock }): Gate => {
    let [turns, lateMs, isUnderPressure] = [0, 0, false];
    let sampleAt = options.sampleMs;
    return {
      enter: (entrant) => {
        if (isUnderPressure) refuse(entrant);
        else entrant.admitted(0);
      },
      leave: () => undefined,
      noteTurn: (ms) => {
        turns++;
        lateMs += ms;
        if (clock() < sampleAt) return;
        isUnderPressure = lateMs / turns > options.delayMaxMs;
        turns = lateMs = 0;
        sampleAt = clock() + options.sampleMs;
      },
    };
  };
}
