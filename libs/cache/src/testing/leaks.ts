import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { waitFor } from '@ganitagya/testing';
import { turn } from './controlled-instance.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the process holds on to, by kind. */
export type Handles = Readonly<Record<string, number>>;

export function openHandles(): Handles {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Resolves when there are no more than before: those of calls under way come and go, and some moment has none. */
export async function noMoreHandles(before: Handles, timeoutMs = 10_000): Promise<void> {
  const grown = () => Object.entries(openHandles()).filter(([name, count]) => count > (before[name] ?? 0));
  await waitFor(() => grown().length === 0, { what: 'no more handles than before', timeoutMs });
}

/** All listeners of the emitters. */
export function countListeners(
  emitters: readonly Pick<EventEmitter, 'eventNames' | 'listenerCount'>[],
): number {
  return emitters.reduce(
    (sum, emitter) => sum + emitter.eventNames().reduce((own, name) => own + emitter.listenerCount(name), 0),
    0,
  );
}

/** The heap without what nobody refers to. */
export async function heldBytes(): Promise<number> {
  await turn();
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
