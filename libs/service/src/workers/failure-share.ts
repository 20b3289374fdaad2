import type { Beat } from './heartbeat.ts';

/** What some workers answered within a time. */
export interface Answers {
  readonly answered: number;
  readonly failed: number;
}

const FAILED_MIN = 5;
const SHARE_SPARE = 0.01;

/** What was answered between two beats. */
export function answersSince(before: Beat | undefined, after: Beat | undefined): Answers {
  return {
    answered: (after?.answered ?? 0) - (before?.answered ?? 0),
    failed: (after?.failed ?? 0) - (before?.failed ?? 0),
  };
}

/** Whether new workers fail more than old ones do: over twice their share and 1 %, and no fewer than five times. */
export function failsMore(fresh: Answers, old: Answers): boolean {
  return fresh.failed >= FAILED_MIN && shareOf(fresh) > SHARE_SPARE + 2 * shareOf(old);
}

/** Failed answers of all. */
export function shareOf({ answered, failed }: Answers): number {
  return answered === 0 ? 0 : failed / answered;
}
