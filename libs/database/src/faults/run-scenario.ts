import { setTimeout as sleep } from 'node:timers/promises';

import type { Database } from '../database.ts';
import type { DatabaseOptions } from '../options.ts';
import { readSafe } from '../routing/read-safe.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import { alwaysBars, type Bar } from './bars.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Lab } from './lab.ts';
import { Load } from './load.ts';
import { Recorder } from './recorder.ts';
import type { Mark, Scenario, Stage } from './scenario.ts';

const READS_PER_SECOND = 200;
const WRITES_PER_SECOND = 20;
const IN_FLIGHT_MAX = 5_000;
/** Fills pools and the routing's knowledge before anything counts. */
const WARM_UP_MS = 500;
/** A returning host has its whole share within the time that is watched. */
const OPTIONS: Partial<DatabaseOptions> = { slowStartMs: 1_000 };

/** How long each part lasts, and options over those of the scenario. */
export type RunOptions = {
  readonly holdMs: number;
  readonly options?: Partial<DatabaseOptions>;
  readonly log?: (line: string) => void;
};

/** A scenario's outcome. */
export type ScenarioReport = {
  readonly name: string;
  readonly figures: Figures;
  readonly bars: readonly Bar[];
};

/** Runs one scenario: steady load before the fault, while it lasts, and when it is gone. */
export async function runScenario(
  { name, options, fault, heal, bars }: Scenario,
  lab: Lab,
  { holdMs, log = () => undefined, ...overrides }: RunOptions,
): Promise<ScenarioReport> {
  const db = await lab.open({ ...OPTIONS, ...options, ...overrides.options });
  const recorder = new Recorder(db.events);
  const marks = new Map<Mark, number>();
  const loads: Load[] = [];
  const add = (perSecond: number, request: (dueMs: number) => Promise<void>) => {
    const load = new Load({ perSecond, inFlightMax: IN_FLIGHT_MAX, request });
    loads.push(load);
    return load;
  };
  const slowLoads: Load[] = [];
  const stage: Stage = {
    lab,
    db,
    hold: () => sleep(holdMs),
    mark: (mark) => marks.set(mark, performance.now()),
    beginSlowReads: (perSecond, seconds) => {
      stage.mark('slowBegan');
      slowLoads.push(
        add(perSecond, (dueMs) => recorder.record('slow', dueMs, () => readSlowly(db, seconds))),
      );
    },
    endSlowReads: async () => {
      stage.mark('slowEnded');
      await Promise.all(slowLoads.map((load) => load.stop()));
    },
  };

  try {
    add(READS_PER_SECOND, (dueMs) => recorder.record('read', dueMs, () => readNewest(db)));
    add(WRITES_PER_SECOND, (dueMs) => recorder.record('write', dueMs, () => writeNext(db, lab)));
    await sleep(WARM_UP_MS);
    const beganMs = performance.now();
    await stage.hold();
    log('fault');
    const faultMs = performance.now();
    await fault(stage);
    const faultedMs = performance.now();
    await stage.hold();
    log('heal');
    const healMs = performance.now();
    await heal(stage);
    log('healed');
    const healedMs = performance.now();
    await stage.hold();
    const endedMs = performance.now();
    await Promise.all(loads.map((load) => load.stop()));

    const figures = figuresOf({
      requests: recorder.requests.map((request) => ({
        ...request,
        attempts: request.attempts.map((attempt) => ({ ...attempt, host: lab.nameOf(attempt.host) })),
      })),
      ...{ journal: lab.journal, marks, beganMs, faultMs, faultedMs, healMs, healedMs, endedMs },
      ...(await lab.audit()),
      clipped: loads.reduce((sum, { clipped }) => sum + clipped, 0),
      leftBehind: db.hosts().reduce((sum, { inFlight, waiting }) => sum + inFlight + waiting, 0),
    });
    return { name, figures, bars: [...alwaysBars(figures), ...bars(figures)] };
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
    await db.destroy();
  }
}

async function readNewest(db: Database<TestSchema>): Promise<number | undefined> {
  const newest = db.selectFrom('note').select('value').orderBy('value', 'desc').limit(1);
  return (await newest.executeTakeFirst())?.value;
}

async function writeNext(db: Database<TestSchema>, { journal }: Lab): Promise<undefined> {
  const value = journal.next();
  await db.insertInto('note').values({ author: 'journal', value }).execute();
  journal.acknowledge(value);
}

async function readSlowly(db: Database<TestSchema>, seconds: number): Promise<undefined> {
  await db.selectNoFrom(readSafe`pg_sleep(${seconds})`.as('slept')).execute();
}
