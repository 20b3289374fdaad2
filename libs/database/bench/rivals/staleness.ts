import { setTimeout as sleep } from 'node:timers/promises';

import type { PostgresCluster } from '../../src/testing/bench-parts.ts';
import { openPlain } from '../notes.ts';
import type { Field } from './field.ts';
import type { Rival } from './rival.ts';

const USERS = 4;
const HEARTBEAT_ID = 1_000;
const HEARTBEAT_MS = 100;
/** The age at which ours gives a replica up, and what a probe and a heartbeat may add to it. */
const AGE_MAX_MS = 5_000;
const SLACK_MS = 500;
const READS = 300;
const READ_EVERY_MS = 10;

/** Of some writes, each followed by a read, the reads that did not show it; replicas are late by `lateMs`. */
export async function staleAfterWrite(
  { replicas }: PostgresCluster,
  field: Field,
  { pairs, lateMs }: { readonly pairs: number; readonly lateMs: number },
): Promise<Map<string, number>> {
  for (const replica of replicas) await replica.setReplayDelay(lateMs);
  const stale = new Map<string, number>();
  for (const [name, rival] of field) {
    const counts = await Promise.all(
      Array.from({ length: USERS }, (_, user) => staleOfUser(rival, user + 1, pairs / USERS)),
    );
    stale.set(
      name,
      counts.reduce((a, b) => a + b, 0),
    );
  }
  for (const replica of replicas) await replica.setReplayDelay(0);
  return stale;
}

async function staleOfUser(rival: Rival, id: number, pairs: number): Promise<number> {
  let stale = 0;
  for (let index = 0; index < pairs; index += 1) {
    const value = Date.now() * 1_000 + index;
    await rival.asOneUser(async () => {
      await rival.write(id, value);
      const note = await rival.readOne(id);
      if (note?.value !== value) stale += 1;
    });
  }
  return stale;
}

/** Of some reads, those that show what is older than five seconds, while one replica is late by `lateMs`. */
export async function staleBehindLateReplica(
  { primary, replicas }: PostgresCluster,
  field: Field,
  { lateMs }: { readonly lateMs: number },
): Promise<Map<string, number>> {
  const [replica] = replicas;
  if (!replica) throw new Error('no replica');
  await replica.setReplayDelay(lateMs);
  const writer = openPlain(primary.url());
  let isOver = false;
  const beat = async () => {
    while (!isOver) {
      await writer.updateTable('note').set({ value: Date.now() }).where('id', '=', HEARTBEAT_ID).execute();
      await sleep(HEARTBEAT_MS);
    }
  };
  const beating = beat();
  try {
    await sleep(AGE_MAX_MS + 2 * SLACK_MS);
    const counts = [...field].map(async ([name, rival]): Promise<[string, number]> => [
      name,
      await countOld(rival),
    ]);
    return new Map(await Promise.all(counts));
  } finally {
    isOver = true;
    await beating;
    await writer.destroy();
    await replica.setReplayDelay(0);
  }
}

async function countOld(rival: Rival): Promise<number> {
  let old = 0;
  for (let index = 0; index < READS; index += 1) {
    const note = await rival.readOne(HEARTBEAT_ID);
    if (Date.now() - (note?.value ?? 0) > AGE_MAX_MS + SLACK_MS) old += 1;
    await sleep(READ_EVERY_MS);
  }
  return old;
}

/** How many reads are made behind a late replica. */
export const LATE_READS = READS;
