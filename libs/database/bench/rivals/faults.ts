import { setTimeout as sleep } from 'node:timers/promises';

import { randomId } from '../notes.ts';
import type { PostgresCluster, PostgresReplica } from '../../src/testing/bench-parts.ts';
import type { Field } from './field.ts';
import { pacedReads, type Outcome, type PacedOptions } from './paced.ts';

const FAULT_AFTER_MS = 1_000;

/** What is done to a replica, and undone. */
export type Fault = { begin(replica: PostgresReplica): unknown; end(replica: PostgresReplica): unknown };

/** The server is killed. */
export const KILL: Fault = { begin: (replica) => replica.kill(), end: (replica) => replica.start() };

/** The server stops where it stands: connections stay open, nothing answers. */
export const FREEZE: Fault = { begin: (replica) => replica.freeze(), end: (replica) => replica.thaw() };

/** Everybody reads at the same pace while a fault hits one of the replicas. */
export async function readsDuring(
  fault: Fault,
  { replicas }: PostgresCluster,
  field: Field,
  options: PacedOptions,
): Promise<Map<string, Outcome>> {
  const [replica] = replicas;
  if (!replica) throw new Error('no replica');
  const all = [...field].map(async ([name, rival]): Promise<[string, Outcome]> => [
    name,
    await pacedReads(() => rival.readOne(randomId()), options),
  ]);
  await sleep(FAULT_AFTER_MS);
  await fault.begin(replica);
  try {
    return new Map(await Promise.all(all));
  } finally {
    await fault.end(replica);
  }
}
