import { createAdmission } from '../admission.ts';
import type { AdmissionOptions } from '../options.ts';
import type { Priority } from '../priority.ts';
import { RecordedEntrant } from './recorded-entrant.ts';

/** An admission with a clock and timers that are moved by hand. */
export function createGate(options: AdmissionOptions = {}) {
  let now = 0;
  const inside = new Set<RecordedEntrant>();
  let timers: { at: number; work: () => void }[] = [];
  const admission = createAdmission({
    clock: () => now,
    random: () => 0.5,
    after: (ms, work) => timers.push({ at: now + ms, work }),
    ...options,
  });
  return {
    admission,
    timers: () => timers.length,
    enter: (priority: Priority, cohort?: number, onAdmitted?: () => void) => {
      const entrant: RecordedEntrant = new RecordedEntrant(priority, cohort, () => {
        inside.add(entrant);
        onAdmitted?.();
      });
      admission.enter(entrant);
      return entrant;
    },
    /** Ends what is in work; how many there were. */
    leaveAll: () => {
      const { size } = inside;
      for (const entrant of inside) admission.leave(entrant, 'done');
      inside.clear();
      return size;
    },
    /** The loop works for so long, then the turn ends. */
    turn: (ms: number) => {
      now += ms;
      admission.noteTurn(ms);
    },
    /** Time passes, and timers fire. */
    pass: (ms: number) => {
      for (const until = now + ms; now < until; now++) {
        const due = timers.filter(({ at }) => at <= now);
        timers = timers.filter(({ at }) => at > now);
        for (const { work } of due) work();
      }
    },
  };
}
