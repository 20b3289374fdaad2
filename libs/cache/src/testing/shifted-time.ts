import { mock } from 'node:test';

/** Time that a test moves on: clocks jump and intervals fire; everything else goes on as before. */
export interface ShiftedTime {
  advance(ms: number): void;
  restore(): void;
}

const INTERVAL_MS = 1_000;

/** Circuits, leases and heartbeats keep their own time: shifts that of the whole process. */
export function shiftTime(): ShiftedTime {
  let offset = 0;
  const dateNow = Date.now;
  const performanceNow = performance.now.bind(performance);
  Date.now = () => dateNow() + offset;
  performance.now = () => performanceNow() + offset;
  mock.timers.enable({ apis: ['setInterval'] });
  return {
    advance: (ms) => {
      offset += ms;
      // Once: what is late fires once, too.
      mock.timers.tick(Math.min(ms, INTERVAL_MS));
    },
    restore: () => {
      Date.now = dateNow;
      performance.now = performanceNow;
      mock.timers.reset();
    },
  };
}
