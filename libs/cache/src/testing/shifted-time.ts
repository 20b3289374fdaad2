import { mock } from 'node:test';

/** Time that a test moves on: clocks jump, intervals and long time-outs fire; everything else goes on as before. */
export interface ShiftedTime {
  advance(ms: number): void;
  restore(): void;
}

const INTERVAL_MS = 1_000;
/** Time-outs from here on are moved on, too: those of loads, not those of calls to Redis. */
const LONG_MS = 10_000;

/** Circuits, leases and heartbeats keep their own time: shifts that of the whole process. */
export function shiftTime(): ShiftedTime {
  let offset = 0;
  const dateNow = Date.now;
  const performanceNow = performance.now.bind(performance);
  Date.now = () => dateNow() + offset;
  performance.now = () => performanceNow() + offset;
  mock.timers.enable({ apis: ['setInterval'] });
  const timeouts = shiftTimeouts();
  return {
    advance: (ms) => {
      offset += ms;
      timeouts.fireDue();
      // Once: what is late fires once, too.
      mock.timers.tick(Math.min(ms, INTERVAL_MS));
    },
    restore: () => {
      Date.now = dateNow;
      performance.now = performanceNow;
      mock.timers.reset();
      timeouts.restore();
    },
  };
}

function shiftTimeouts() {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const due = new Map<unknown, { readonly at: number; readonly fire: () => void }>();
  const shifted = (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    if (ms < LONG_MS) return set(callback, ms, ...given);
    const fire = () => {
      due.delete(timer);
      callback(...given);
    };
    const timer = set(fire, ms);
    due.set(timer, { at: performance.now() + ms, fire });
    return timer;
  };
  globalThis.setTimeout = Object.assign(shifted, set);
  globalThis.clearTimeout = (timer) => {
    due.delete(timer);
    clear(timer);
  };
  return {
    fireDue: () => {
      const now = performance.now();
      for (const [timer, { at, fire }] of due) {
        if (at > now) continue;
        clear(timer as NodeJS.Timeout);
        fire();
      }
    },
    restore: () => {
      globalThis.setTimeout = set;
      globalThis.clearTimeout = clear;
    },
  };
}
