import { setTimeout as sleep } from 'node:timers/promises';

import type { Database } from '../database.ts';
import { createSession, runInSession } from '../session/session.ts';
import { Choices } from '../testing/choices.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import type { Recorder } from './recorder.ts';

type Db = Database<TestSchema>;

/** Who works, and on what. */
export type WorkloadOptions = {
  /** One per process of a service. */
  readonly databases: readonly Db[];
  readonly recorder: Recorder;
  readonly users: number;
  readonly seed: number;
  /** Off: reads know nothing of what went before. That must be found. */
  readonly hasSessions: boolean;
  /** Ends the work: each finishes the request that he is at. */
  readonly signal: AbortSignal;
};

/** Between requests, and in a request after each statement. */
const THINK_MS_MAX = 40;
const WORK_MS_MAX = 20;
/** Now and then a user is away, so that late hosts show all that he has seen. */
const AWAY_MS_MAX = 1_500;
const AFTER_FAILURE_MS = 50;
const BEAT_MS = 40;
const HEARTBEAT = 'heartbeat';

/** Users, a heartbeat and its observers at work until the signal ends it. */
export async function runWorkload(options: WorkloadOptions): Promise<void> {
  const users = Array.from({ length: options.users }, (_each, index) => actAsUser(index, options));
  const observers = options.databases.map((db) => observe(db, options));
  await Promise.all([...users, ...observers, beat(options)]);
}

/** Request after request, each in any process, from the position that the last one had reached. */
async function actAsUser(index: number, { databases, recorder, ...options }: WorkloadOptions): Promise<void> {
  const { users, seed, hasSessions, signal } = options;
  const choices = new Choices({ seed: seed * 1_009 + index });
  const [user, friend] = [userAt(index), userAt((index + 1) % users)];
  let position: string | undefined;
  let value = 0;
  while (!signal.aborted) {
    const db = choices.one(databases);
    // One who writes must see nearly all there is: what only readers do shows more.
    const mayWrite = choices.once(3);
    const request = async () => {
      for (let left = 1 + choices.pick(4); left > 0; left -= 1) {
        const isWrite = mayWrite && choices.once(2);
        const registers = [choices.once(2) ? user : friend, ...(choices.once(4) ? [friend] : [])];
        // What has certainly not been written may not be there, ever: each try is a number of its own.
        const isDone = isWrite
          ? (await recorder.write(db, user, (value += 1))) === 'done'
          : (await Promise.all(registers.map((each) => recorder.read(db, user, each)))).every(Boolean);
        await sleep(isDone ? choices.pick(WORK_MS_MAX) : AFTER_FAILURE_MS);
      }
    };
    if (hasSessions) {
      const session = createSession(position);
      await runInSession(session, request);
      position = await db.settle(session);
    } else {
      await request();
    }
    await sleep(choices.pick(choices.once(6) ? AWAY_MS_MAX : THINK_MS_MAX));
  }
}

function userAt(index: number): string {
  return `user-${index}`;
}

async function beat({ databases: [db], recorder, signal }: WorkloadOptions): Promise<void> {
  for (let value = 1; db && !signal.aborted; value += 1) {
    await recorder.write(db, HEARTBEAT, value);
    await sleep(BEAT_MS);
  }
}

async function observe(db: Db, { recorder, signal }: WorkloadOptions): Promise<void> {
  while (!signal.aborted) {
    await recorder.look(db, HEARTBEAT);
    await sleep(BEAT_MS);
  }
}
