import type { Severity } from './rule.ts';

/** How fast the budget of 30 days may burn in a window before somebody must know. */
export interface BurnWindow {
  readonly long: string;
  /** Also exceeded, or it is over already. */
  readonly short: string;
  /** 1 uses the budget up in exactly 30 days. */
  readonly burn: number;
  readonly severity: Severity;
}

/** Those of the SRE workbook: 2 % of the budget in an hour, 5 % in six, 10 % in a day, 10 % in three days. */
export const burnWindows: readonly BurnWindow[] = [
  { long: '1h', short: '5m', burn: 14.4, severity: 'page' },
  { long: '6h', short: '30m', burn: 6, severity: 'page' },
  { long: '1d', short: '2h', burn: 3, severity: 'ticket' },
  { long: '3d', short: '6h', burn: 1, severity: 'ticket' },
];

/** All windows longer than the 5 minutes of the base series. */
export const sumWindows = ['30m', '1h', '2h', '6h', '1d', '3d'] as const;
