import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';
import type { DrainPlan } from './drain-plan.ts';

/** What a drain acts upon. */
export interface Drained {
  readonly connections: Connections;
  /** Closes the listeners when nothing is queued at them, and no connection. */
  readonly stopAccepting: () => Promise<void>;
  /** Asks long answers to end themselves. */
  readonly endLongAnswers: () => void;
}

const LOOK_EVERY_MS = 50;
/** What long answers have to say their last word, before they are ended. */
const LAST_WORD_MS = 500;

/** Lets go of all clients without failing one, within the plan; returns how many answers had to be cut off. */
export async function drain(
  { connections, stopAccepting, endLongAnswers }: Drained,
  plan: DrainPlan,
): Promise<number> {
  const startedAt = performance.now();
  const spentMs = () => performance.now() - startedAt;
  const look = () => sleep(LOOK_EVERY_MS);
  if (plan.kind === 'stop') {
    await sleep(plan.delayMs);
    connections.letGo();
    const isQuiet = () => performance.now() - connections.acceptedAt >= plan.quietMs;
    while (!isQuiet() && spentMs() < plan.stopAcceptingAtMs) await look();
  }
  await stopAccepting();
  // Only now in a retiring worker: who is let go of comes back at once, and must come to another one.
  connections.letGo();

  let wasAsked = false;
  while (connections.size > 0 && spentMs() < plan.cutAtMs) {
    connections.closeQuiet(plan.quietMs);
    if (!wasAsked && spentMs() >= plan.streamsEndAtMs) {
      wasAsked = true;
      endLongAnswers();
    }
    if (spentMs() >= plan.streamsEndAtMs + LAST_WORD_MS) connections.endStreams();
    await look();
  }
  return connections.cut();
}
