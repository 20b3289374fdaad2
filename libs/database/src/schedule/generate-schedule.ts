import { Choices } from '../testing/choices.ts';
import type { Fault, FaultKind, Schedule } from './fault.ts';

/** How long a schedule is, and how bad it may get. */
export type ScheduleBounds = {
  readonly seed: number;
  readonly durationMs: number;
  /** Faults under way at once, lag not counted: with as many replicas as that and one, writes go on. */
  readonly openMax: number;
  /** Each leaves a replica less. */
  readonly crashesMax: number;
};

const START_MS = 500;
const GAP_MS_MAX = 900;
const FOR_MS_MAX = 1_800;
/** Long enough for the latest of the late to be too old for a while. */
const LAG_FOR_MS_MAX = 6_000;
const KINDS: readonly FaultKind[] = [
  ...(['lag', 'lag', 'lag', 'lag', 'lag', 'kill', 'kill', 'freeze', 'freeze'] as const),
  ...(['stall', 'crash', 'crash', 'switch', 'return'] as const),
];
const LAGS_MS = [100, 300, 600, 900, 3_000];

/** A random schedule, always the same for the same seed and bounds. All is undone by its end. */
export function generateSchedule({ seed, durationMs, openMax, crashesMax }: ScheduleBounds): Schedule {
  const choices = new Choices({ seed });
  const schedule: Fault[] = [];
  const endMs = durationMs - FOR_MS_MAX;
  for (let atMs = START_MS; atMs < endMs; atMs += 50 + choices.pick(GAP_MS_MAX)) {
    const kind = choices.one(KINDS);
    const fault: Fault = {
      atMs,
      kind,
      replica: choices.pick(3),
      byMs: kind === 'lag' ? choices.one(LAGS_MS) : 0,
      forMs: durationOf(kind, choices, durationMs - atMs),
    };
    if (isWithin(fault, schedule, openMax, crashesMax)) schedule.push(fault);
  }
  return schedule;
}

function durationOf(kind: FaultKind, choices: Choices, leftMs: number): number {
  if (kind === 'switch' || kind === 'return') return 0;
  const longestMs = kind === 'lag' ? Math.min(LAG_FOR_MS_MAX, leftMs) : FOR_MS_MAX;
  return 100 + choices.pick(longestMs - 100);
}

function isWithin(fault: Fault, earlier: Schedule, openMax: number, crashesMax: number): boolean {
  const crashes = earlier.filter(({ kind }) => kind === 'crash');
  switch (fault.kind) {
    case 'lag':
      return true;
    case 'crash':
      if (crashes.length >= crashesMax) return false;
      break;
    case 'return':
      return crashes.length > 0;
  }
  const open = earlier.filter(({ kind, atMs, forMs }) => kind !== 'lag' && fault.atMs < atMs + forMs);
  // One who leads must be there for the others to follow in good order.
  if (fault.kind === 'switch') return open.length === 0;
  return open.length < openMax && !(fault.kind === 'stall' && open.some(({ kind }) => kind === 'crash'));
}
