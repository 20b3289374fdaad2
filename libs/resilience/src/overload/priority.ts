/** Most important first; what is refused first stands last. */
export const PRIORITIES = ['critical', 'reading', 'browsing', 'background'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** Users of one priority fall into this many groups, which are refused one after the other. */
export const COHORTS = 128;

/** The level at which everybody but the last group of the most important priority is refused. */
export const LEVEL_MAX = PRIORITIES.length * COHORTS - 1;

const RANKS = { critical: 0, reading: 1, browsing: 2, background: 3 } as const satisfies Record<
  Priority,
  number
>;

/** 0 for the most important. */
export function rankOf(priority: Priority): number {
  return RANKS[priority];
}
