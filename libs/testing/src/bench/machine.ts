import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const WATCHED_MS = 2_000;

/** What a machine does while we do nothing. */
export type MachineState = { readonly load: number; readonly busyCores: number; readonly cores: number };

/** Watches for two seconds how busy others keep the machine. */
export async function watchMachine(): Promise<MachineState> {
  const before = cpuTimes();
  await sleep(WATCHED_MS);
  const after = cpuTimes();
  // Not availableParallelism(), which counts only the cores that this process may use.
  const cores = cpus().length;
  const busyShare = (after.busy - before.busy) / (after.all - before.all);
  return { load: loadavg()[0] ?? NaN, busyCores: busyShare * cores, cores };
}

function cpuTimes(): { busy: number; all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.irq + times.idle;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}
