/** What may happen to a cluster. `crash` kills the primary and promotes a replica, `switch` does it in good order. */
export const FAULT_KINDS = ['kill', 'freeze', 'lag', 'stall', 'crash', 'switch', 'return'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that happens, and is over by itself. */
export type Fault = {
  /** Since the start of the schedule. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Whom it happens to, or who leads afterwards: the how-manieth of those that follow at the time. */
  readonly replica: number;
  /** How late a replica with `lag` replays. */
  readonly byMs: number;
  /** How long until it is undone; the time without a primary for `crash`. */
  readonly forMs: number;
};

/** What happens to a cluster, in the order of time. */
export type Schedule = readonly Fault[];

const FAULT = /^at (\d+) ([a-z]+) (\d+) by (\d+) for (\d+)$/;

/** A schedule as text, one line per fault. */
export function formatSchedule(schedule: Schedule): string {
  return schedule
    .map(({ atMs, kind, replica, byMs, forMs }) => `at ${atMs} ${kind} ${replica} by ${byMs} for ${forMs}`)
    .join('\n');
}

/** Reads what `formatSchedule` has written; faults may also be parted by `;`. */
export function parseSchedule(text: string): Schedule {
  const lines = text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [, atMs, name, replica, byMs, forMs] = FAULT.exec(line) ?? [];
    const kind = FAULT_KINDS.find((each) => each === name);
    if (!kind) throw new TypeError(`not a fault: ${line}`);
    return {
      kind,
      atMs: Number(atMs),
      replica: Number(replica),
      byMs: Number(byMs),
      forMs: Number(forMs),
    };
  });
}
