import { cpus } from 'node:os';
import { hasOwnCores, SERVER_CORE } from '../../cores.ts';

/** How long the servers' core has been busy since the machine started, in ms; NaN where servers have no core of their own. */
export function coreBusyMs(): number {
  const times = hasOwnCores ? cpus()[SERVER_CORE]?.times : undefined;
  return times === undefined ? NaN : times.user + times.nice + times.sys + times.irq;
}
