import { PRIORITIES, type Priority } from '@ganitagya/resilience';
import { quantile } from '../../testing/kit.ts';
import type { Try } from './client/generator.ts';
import type { Kind } from './traffic.ts';

/** An answer that comes later is worth little. */
export const IN_TIME_MS = 200;

/** What a server did in a while. */
export interface Summary {
  /** First tries a second. */
  readonly offered: number;
  /** All tries to first tries. */
  readonly amplification: number;
  /** Good answers in time a second, first tries and others, and what they weigh in seconds of the processor a second. */
  readonly goodput: number;
  readonly work: number;
  readonly acceptedP50Ms: number;
  readonly acceptedP99Ms: number;
  readonly refused: number;
  readonly refusedP99Ms: number;
  readonly timeouts: number;
  readonly failed: number;
  /** Of the first tries of a priority, the share with a good answer, and with one in time. */
  readonly answered: Readonly<Record<Priority, number>>;
  readonly inTime: Readonly<Record<Priority, number>>;
  /** How much later than planned the load was sent. */
  readonly lateP99Ms: number;
}

/** Sums up what should have been sent between two times, in ms. */
export function summarize(tries: readonly Try<Kind>[], fromMs: number, toMs: number): Summary {
  const counted = tries.filter(({ at }) => at >= fromMs && at < toMs);
  const seconds = (toMs - fromMs) / 1_000;
  const first = counted.filter(({ isRetry }) => !isRetry);
  const ended = (ending: Try['ending']) => counted.filter((one) => one.ending === ending);
  const inTime = counted.filter(isInTime);
  const took = (some: readonly Try<Kind>[], share: number) =>
    quantile(
      some.map(({ tookMs }) => tookMs),
      share,
    );
  return {
    offered: first.length / seconds,
    amplification: counted.length / first.length,
    goodput: inTime.length / seconds,
    work: inTime.reduce((sum, { kind }) => sum + kind.costMs, 0) / 1_000 / seconds,
    acceptedP50Ms: took(ended('good'), 0.5),
    acceptedP99Ms: took(ended('good'), 0.99),
    refused: ended('refused').length / seconds,
    refusedP99Ms: took(ended('refused'), 0.99),
    timeouts: ended('timeout').length / seconds,
    failed: ended('failed').length / seconds,
    answered: byPriority(first, ({ ending }) => ending === 'good'),
    inTime: byPriority(first, isInTime),
    lateP99Ms: quantile(
      counted.map(({ lateMs }) => lateMs),
      0.99,
    ),
  };
}

/** Whether it was good and in time. */
export function isInTime({ ending, tookMs }: Try): boolean {
  return ending === 'good' && tookMs <= IN_TIME_MS;
}

function byPriority(
  tries: readonly Try<Kind>[],
  isIt: (one: Try<Kind>) => boolean,
): Record<Priority, number> {
  const shareOf = (priority: Priority) => {
    const some = tries.filter(({ kind }) => kind.priority === priority);
    return some.filter(isIt).length / some.length;
  };
  return Object.fromEntries(PRIORITIES.map((priority) => [priority, shareOf(priority)])) as Record<
    Priority,
    number
  >;
}
