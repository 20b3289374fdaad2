import { setTimeout as sleep } from 'node:timers/promises';

import type { Fault, Schedule } from './fault.ts';
import type { FaultCluster } from './fault-cluster.ts';

/** Told what has happened and when. */
export type FaultLog = (line: string) => void;

type Action = { readonly atMs: number; run(): Promise<void> };

/** Lets a schedule happen to a cluster, one thing after the other, and undoes what is left of it at the end. */
export async function runFaults(cluster: FaultCluster, schedule: Schedule, log: FaultLog): Promise<void> {
  const startMs = performance.now();
  const elapsedMs = () => performance.now() - startMs;
  const say = (what: string) => log(`${elapsedMs().toFixed(0)} ms: ${what}`);
  const actions = schedule.map((fault): Action => ({ atMs: fault.atMs, run: () => begin(fault) }));
  const begin = async (fault: Fault) => {
    const undo = await beginFault(cluster, fault, say);
    if (!undo) return;
    actions.push({ atMs: fault.atMs + fault.forMs, run: undo });
  };
  while (actions.length > 0) {
    actions.sort((one, other) => one.atMs - other.atMs);
    const action = actions.shift();
    if (!action) break;
    await sleep(Math.max(0, action.atMs - elapsedMs()));
    await action.run();
  }
  await cluster.heal();
  say('healed');
}

/** The result undoes it; undefined when there is nothing to undo. */
async function beginFault(
  cluster: FaultCluster,
  { kind, replica, byMs }: Fault,
  say: FaultLog,
): Promise<(() => Promise<void>) | undefined> {
  const { leader } = cluster;
  switch (kind) {
    case 'kill': {
      const standby = cluster.standbyToSpare(replica);
      if (!standby) return undefined;
      await standby.kill();
      say(`killed ${standby.host.name}`);
      return async () => {
        // Promoted and killed again in between, it would lead by itself.
        if (standby.role === 'lost') return;
        await standby.revive();
        say(`started ${standby.host.name}`);
      };
    }
    case 'freeze':
    case 'stall': {
      const server = kind === 'stall' ? leader : cluster.standbyToSpare(replica);
      if (!server) return undefined;
      server.freeze();
      say(`froze ${server.host.name}`);
      return async () => {
        server.thaw();
        say(`thawed ${server.host.name}`);
      };
    }
    case 'lag': {
      const standby = cluster.standbyToSpare(replica);
      if (!standby) return undefined;
      await standby.lag(byMs);
      say(`${standby.host.name} replays ${byMs} ms late`);
      return async () => {
        await standby.lag(0);
        say(`${standby.host.name} replays at once`);
      };
    }
    case 'crash': {
      const lost = await cluster.crash();
      if (!lost) return undefined;
      say(`killed the primary ${lost.host.name}`);
      return async () => {
        const heir = await cluster.promote(replica);
        say(`promoted ${heir.host.name}`);
      };
    }
    case 'switch': {
      const heir = await cluster.switchTo(replica);
      if (heir) say(`switched to ${heir.host.name}`);
      return undefined;
    }
    case 'return':
      for (const { host } of await cluster.returnLost()) say(`the replaced ${host.name} is back`);
      return undefined;
  }
}
