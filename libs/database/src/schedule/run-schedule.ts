import { setTimeout as sleep } from 'node:timers/promises';

import { checkHistory, type Violation } from './check-history.ts';
import type { Schedule } from './fault.ts';
import type { History } from './history.ts';
import { Recorder } from './recorder.ts';
import { runFaults, type FaultLog } from './run-faults.ts';
import { openDatabase, startFaultCluster } from './start-fault-cluster.ts';
import { runWorkload } from './workload.ts';

/** What is to run under a schedule. */
export type RunOptions = {
  readonly schedule: Schedule;
  readonly seed: number;
  readonly users?: number;
  readonly hasSessions?: boolean;
  readonly log?: FaultLog;
};

/** What came of it. */
export type RunResult = {
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly failures: ReadonlyMap<string, number>;
  /** Errors that are none of the two that stand for 503. */
  readonly untyped: readonly unknown[];
  readonly failedReads: number;
};

export const REPLICAS = 3;
const PROCESSES = 3;
const STALENESS_MS_MAX = 1_000;
/** Turns, so that each replica is asked however late it is. */
const OPTIONS = {
  applicationName: 'schedule',
  stalenessMaxMs: STALENESS_MS_MAX,
  balancing: 'round-robin',
  slowStartMs: 1,
} as const;
/** Between two probes, a probe's time, and what a busy machine adds. */
const AGE_MS_MAX = STALENESS_MS_MAX + 200 + 500 + 500;
/** A last look at everything when all is well again. */
const CALM_MS = 300;
const END_MS_MAX = 20_000;

/** Starts a cluster, lets users work on it under a schedule, and checks what they saw. */
export async function runSchedule({
  schedule,
  seed,
  users = 10,
  hasSessions = true,
  log = () => undefined,
}: RunOptions): Promise<RunResult> {
  const cluster = await startFaultCluster(REPLICAS);
  const recorder = new Recorder();
  const databases: Awaited<ReturnType<typeof openDatabase>>[] = [];
  try {
    while (databases.length < PROCESSES) databases.push(await openDatabase(cluster, OPTIONS));
    for (const db of databases) recorder.watch(db);
    const end = new AbortController();
    const working = runWorkload({ databases, recorder, users, seed, hasSessions, signal: end.signal });
    try {
      await Promise.race([working, runFaults(cluster, schedule, log)]);
      await sleep(CALM_MS);
    } finally {
      end.abort();
      await within(END_MS_MAX, working);
    }
    const kept = await cluster.leader?.host.query<{ user: string; value: number }>(
      'select author as "user", value from lab.note',
    );
    const history = recorder.historyWith(kept ?? []);
    const { failures, untyped, failedReads } = recorder;
    return { history, violations: checkHistory(history, AGE_MS_MAX), failures, untyped, failedReads };
  } finally {
    await Promise.all(databases.map((db) => db.destroy()));
    await cluster.stop();
  }
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const ended = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`users still waited ${timeoutMs} ms after all was well again`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}
