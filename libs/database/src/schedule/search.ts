import { formatSchedule, type Schedule } from './fault.ts';
import { generateSchedule } from './generate-schedule.ts';
import { REPLICAS, runSchedule, type RunOptions, type RunResult } from './run-schedule.ts';
import { shrinkSchedule, type ShrinkBounds } from './shrink-schedule.ts';

/** One standby is always well, and a crash leaves one less. */
const BOUNDS = { openMax: REPLICAS - 1, crashesMax: REPLICAS - 2 };

/** The schedule of a seed, as long as told. */
export function scheduleOf(seed: number, durationMs: number): Schedule {
  return generateSchedule({ seed, durationMs, ...BOUNDS });
}

/** What came of a run in numbers. */
export type RunCounts = Record<
  | 'reads'
  | 'readsByReplicas'
  | 'looksByReplicas'
  | 'acknowledged'
  | 'unknown'
  | 'notRun'
  | 'failedReads'
  | 'untyped'
  | 'violations',
  number
>;

export function countsOf({ history, violations, failedReads, untyped }: RunResult): RunCounts {
  const { operations } = history;
  const writes = operations.filter((operation) => operation.kind === 'write');
  const reads = operations.filter((operation) => operation.kind === 'read');
  const looks = operations.filter((operation) => operation.kind === 'look');
  return {
    reads: reads.length,
    readsByReplicas: reads.filter(({ isByReplica }) => isByReplica).length,
    looksByReplicas: looks.filter(({ isByReplica }) => isByReplica).length,
    acknowledged: writes.filter(({ outcome }) => outcome === 'done').length,
    unknown: writes.filter(({ outcome }) => outcome === 'unknown').length,
    notRun: writes.filter(({ outcome }) => outcome === 'not run').length,
    failedReads,
    untyped: untyped.length,
    violations: violations.length,
  };
}

/** Runs a schedule, and when a promise is broken shorter ones; the report says how to see it again. */
export async function findViolations(
  options: RunOptions,
  bounds: ShrinkBounds,
): Promise<{ readonly result: RunResult; readonly report: string | undefined }> {
  const result = await runSchedule(options);
  if (result.violations.length === 0) return { result, report: undefined };
  let shown = result.violations;
  const shortest = await shrinkSchedule(
    options.schedule,
    async (schedule) => {
      const { violations } = await runSchedule({ ...options, schedule });
      if (violations.length > 0) shown = violations;
      return violations.length > 0;
    },
    bounds,
  );
  const messages = shown
    .slice(0, 5)
    .map(({ rule, register, message }) => `  ${rule} of ${register}: ${message}`);
  const report = [
    `seed ${options.seed}: ${result.violations.length} violations; with the schedule below:`,
    ...messages,
    `SCHEDULE_SEED=${options.seed} SCHEDULE='${formatSchedule(shortest)}'`,
  ].join('\n');
  return { result, report };
}
