import {
  isDatabaseOverloaded,
  isDatabaseUnavailable,
  isReadOnlyHost,
  isRecoveryConflict,
} from '../errors.ts';
import type { Journal } from './journal.ts';
import { latencyMs, type RequestKind, type RequestRecord } from './request.ts';
import type { Mark } from './scenario.ts';
import { overlapMax, quantile, sharesOf, steadyAfterMs } from './statistics.ts';

/** The shares of a fault's time are counted so long after it is there: before, who is gone is still being found out. */
const ADAPT_MS = 1_000;
/** How long it is watched whether a surge of slow reads has left something behind. */
const RECOVERY_MS = 3_000;

/** Requests of one kind, or of one part of the time. */
export type Totals = {
  readonly count: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Part of the answers that each host gave. */
  readonly shares: Readonly<Record<string, number>>;
};

/** What a scenario has shown. Reads are those of the steady load. */
export type Figures = {
  readonly before: Totals;
  readonly during: Totals;
  readonly after: Totals;
  readonly reads: Totals;
  readonly writes: Totals;
  readonly slow: Totals;
  /** From the fault to the last 100 ms with a failure or a p99 above 2 × before + 20 ms, while the fault lasts. */
  readonly steadyMs: number;
  /** The same from the moment when it begins to be taken away. */
  readonly steadyAfterHealMs: number;
  /** From the promotion to the first write that was sent after it and acknowledged. */
  readonly writesResumedMs: number | undefined;
  /** From the promotion to the end of the last write that failed. */
  readonly writesFailedUntilMs: number;
  /** Everything that was asked for while slow reads came. */
  readonly allWhileSlow: Totals;
  readonly writesWhileSlow: Totals;
  /** From the last slow read to the last 100 ms with a failure or a high median. */
  readonly recoveredMs: number;
  /** Failures that callers have no type for. */
  readonly untyped: readonly string[];
  /** How often each kind of failure was seen. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Writes that a host refused because it only reads (25006), and that are known not to have run. */
  readonly writesRefused: number;
  /** Tries that a standby cancelled because of replay. */
  readonly conflicts: number;
  /** Tries of reads that were on the primary at once, at most. */
  readonly readsOnPrimaryMax: number;
  /** The oldest answer: so long before the read a write was acknowledged that it did not show. */
  readonly ageMaxMs: number;
  /** Acknowledged writes that are not there in the end, since the cluster began. */
  readonly lost: number;
  /** Writes that are there more than once. */
  readonly doubled: number;
  readonly clipped: number;
  /** Connections in use and callers waiting when every request had ended. */
  readonly leftBehind: number;
};

/** What the figures are made from. */
export type Measured = Pick<Figures, 'lost' | 'doubled' | 'clipped' | 'leftBehind'> & {
  readonly requests: readonly RequestRecord[];
  readonly journal: Journal;
  readonly marks: ReadonlyMap<Mark, number>;
  readonly beganMs: number;
  readonly faultMs: number;
  readonly faultedMs: number;
  readonly healMs: number;
  readonly healedMs: number;
  readonly endedMs: number;
};

/** Works out what the requests show. */
export function figuresOf(measured: Measured): Figures {
  const { requests, journal, marks, beganMs, faultMs, faultedMs, healMs, healedMs, endedMs, ...rest } =
    measured;
  const ofKind = (kind: RequestKind) => requests.filter((request) => request.kind === kind);
  const steady = requests.filter(({ kind }) => kind !== 'slow');
  const [reads, writes] = [ofKind('read'), ofKind('write')];
  const before = totalsOf(between(reads, beganMs, faultMs));
  const limitMs = 2 * before.p99Ms + 20;
  const steadyIn = (fromMs: number, untilMs: number, share = 0.99) =>
    steadyAfterMs(steady, { fromMs, untilMs, share, limitMs });
  const [slowBegan, slowEnded] = [marks.get('slowBegan') ?? Infinity, marks.get('slowEnded') ?? Infinity];
  const promotedMs = marks.get('promoted') ?? Infinity;
  const resumed = writes.filter(({ outcome, startMs }) => outcome === 'ok' && startMs >= promotedMs);
  const failed = requests.filter(({ outcome }) => outcome !== 'ok');
  const tries = requests.flatMap(({ kind, attempts }) => (kind === 'write' ? [] : attempts));
  const ageOf = journal.ages();

  return {
    before,
    during: {
      ...totalsOf(between(reads, faultMs, healMs)),
      shares: sharesOf(between(reads, faultedMs + ADAPT_MS, healMs)),
    },
    after: totalsOf(between(reads, healedMs, endedMs)),
    reads: totalsOf(reads),
    writes: totalsOf(writes),
    slow: totalsOf(ofKind('slow')),
    steadyMs: steadyIn(faultMs, healMs),
    steadyAfterHealMs: steadyIn(healMs, endedMs),
    writesResumedMs:
      resumed.length > 0 ? Math.min(...resumed.map(({ endMs }) => endMs)) - promotedMs : undefined,
    writesFailedUntilMs: Math.max(
      0,
      ...failed.filter(({ kind }) => kind === 'write').map(({ endMs }) => endMs - promotedMs),
    ),
    allWhileSlow: totalsOf(between(requests, slowBegan, slowEnded)),
    writesWhileSlow: totalsOf(between(writes, slowBegan, slowEnded)),
    recoveredMs: steadyIn(slowEnded, slowEnded + RECOVERY_MS, 0.5),
    untyped: failed.filter(({ outcome }) => outcome === 'other').map(({ error }) => String(error)),
    outcomes: Object.fromEntries(
      [...Map.groupBy(failed, ({ kind, outcome }) => `${kind} ${outcome}`)].map(([what, all]) => [
        what,
        all.length,
      ]),
    ),
    writesRefused: failed.filter(
      ({ error }) => isDatabaseUnavailable(error) && !error.mayHaveRun && isReadOnlyHost(error.cause),
    ).length,
    conflicts: tries.filter(({ error }) => isRecoveryConflict(error)).length,
    // What was refused has only waited for it.
    readsOnPrimaryMax: overlapMax(
      tries.filter(({ route, error }) => route === 'primary' && !isDatabaseOverloaded(error)),
    ),
    ageMaxMs: reads.reduce(
      (oldest, { shown, startMs }) =>
        shown === undefined ? oldest : Math.max(oldest, ageOf(shown, startMs)),
      0,
    ),
    ...rest,
  };
}

function between(requests: readonly RequestRecord[], fromMs: number, untilMs: number): RequestRecord[] {
  return requests.filter(({ startMs }) => startMs >= fromMs && startMs < untilMs);
}

function totalsOf(requests: readonly RequestRecord[]): Totals {
  const latencies = requests.map(latencyMs);
  return {
    count: requests.length,
    failed: requests.filter(({ outcome }) => outcome !== 'ok').length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
    shares: sharesOf(requests),
  };
}
