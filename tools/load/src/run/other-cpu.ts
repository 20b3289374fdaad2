import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks since the machine started, by /proc of Linux. */
export interface CpuSample {
  readonly atMs: number;
  readonly busyTicks: number;
  /** Of this process with the children it waited for, and of the trees below the given processes. */
  readonly ownTicks: number;
}

const TICKS_PER_SECOND = 100;

/** Reads the CPU counters now; undefined where there is no /proc. `roots` are the processes of the platform. */
export function sampleCpu(roots: readonly number[]): CpuSample | undefined {
  let stat;
  try {
    stat = readFileSync('/proc/stat', 'utf8');
  } catch {
    return undefined;
  }
  // user nice system idle iowait irq softirq steal; the rest is part of user.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  const processes = readProcesses();
  const trees = new Set([process.pid, ...roots]);
  for (let grown = true; grown;) {
    const children = [...processes].filter(([pid, { parent }]) => trees.has(parent) && !trees.has(pid));
    for (const [pid] of children) trees.add(pid);
    grown = children.length > 0;
  }
  const ownTicks = [...trees].reduce((sum, pid) => sum + (processes.get(pid)?.ticks ?? 0), 0);
  return { atMs: performance.now(), busyTicks: user + nice + system + irq + softirq + steal, ownTicks };
}

/** What everything else on the machine used between two samples, in percent of one core. */
export function otherCpuPercent(before: CpuSample, after: CpuSample): number {
  const others = after.busyTicks - before.busyTicks - (after.ownTicks - before.ownTicks);
  const seconds = (after.atMs - before.atMs) / 1000;
  return Math.max(0, (100 * others) / TICKS_PER_SECOND / seconds);
}

function readProcesses(): Map<number, { parent: number; ticks: number }> {
  const processes = new Map<number, { parent: number; ticks: number }>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold anything; what follows it starts with the third field.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [utime = 0, stime = 0, childUtime = 0, childStime = 0] = fields.slice(11, 15);
      processes.set(pid, { parent: fields[1] ?? 0, ticks: utime + stime + childUtime + childStime });
    } catch {
      // It ended since the folder was listed.
    }
  }
  return processes;
}
