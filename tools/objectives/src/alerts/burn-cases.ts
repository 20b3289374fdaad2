import type { Objective } from '../rules/objective.ts';
import type { AlertCase } from '../rules/rule.ts';
import type { BurnWindow } from '../rules/windows.ts';
import { meaningCases } from './burn-meaning-cases.ts';
import { seriesOf, type Traffic } from './traffic.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const PER_MINUTE = 600;

/** A burn of so many times the budget's pace, for so long; nothing fails before and after. */
interface Burn {
  readonly name: string;
  readonly burn: number;
  readonly minutes: number;
  readonly before: number;
  readonly after?: number;
  readonly fires: readonly string[];
}

const silent = { fires: [] };

/** By the long window of the alert. */
const burns: Readonly<Record<string, readonly Burn[]>> = {
  '1h': [
    { name: '18 times, for an hour', burn: 18, minutes: HOUR, before: 6 * HOUR, fires: ['1h'] },
    { name: '11 times, for an hour', burn: 11, minutes: HOUR, before: 6 * HOUR, ...silent },
    { name: '20 times, for a quarter of an hour', burn: 20, minutes: 15, before: 6 * HOUR, ...silent },
    { name: '30 times, over by now', burn: 30, minutes: 45, before: 6 * HOUR, after: 15, ...silent },
  ],
  '6h': [
    { name: '7.5 times, for six hours', burn: 7.5, minutes: 6 * HOUR, before: 0, fires: ['6h'] },
    { name: '4.8 times, for six hours', burn: 4.8, minutes: 6 * HOUR, before: 0, ...silent },
    { name: '15 times, over by now', burn: 15, minutes: 5 * HOUR, before: 0, after: HOUR, ...silent },
  ],
  '1d': [
    // What burns three days' budget in one also shows in the window of three days.
    { name: '3.75 times, for a day', burn: 3.75, minutes: DAY, before: 2 * DAY, fires: ['1d', '3d'] },
    { name: '2.4 times, for a day', burn: 2.4, minutes: DAY, before: 2 * DAY, ...silent },
    {
      name: '7 times, over by now',
      burn: 7,
      minutes: 17 * HOUR,
      before: 2 * DAY,
      after: 7 * HOUR,
      ...silent,
    },
  ],
  '3d': [
    { name: '1.25 times, for three days', burn: 1.25, minutes: 3 * DAY, before: 0, fires: ['3d'] },
    { name: '0.8 times, for three days', burn: 0.8, minutes: 3 * DAY, before: 0, ...silent },
  ],
};

/** When an alert on a burning budget fires, and when not. */
export function burnCases(objective: Objective, window: BurnWindow): AlertCase[] {
  const { slo } = objective;
  const stepMinutes = window.severity === 'page' ? 1 : 2;
  const cases = (burns[window.long] ?? []).map((each): AlertCase => {
    const { name, before, minutes, after = 0, fires } = each;
    const bad = each.burn * (1 - objective.share) * PER_MINUTE;
    const phases: Traffic[] = [
      { minutes: before, good: PER_MINUTE },
      { minutes, good: PER_MINUTE - bad, ...(slo === 'latency' ? { slow: bad } : { failed: bad }) },
      { minutes: after, good: PER_MINUTE },
    ];
    return {
      name,
      series: seriesOf(
        phases.filter((phase) => phase.minutes > 0),
        stepMinutes,
      ),
      step: `${stepMinutes}m`,
      at: `${before + minutes + after - stepMinutes}m`,
      takes: window.severity === 'page' ? 'hours' : 'days',
      fires: fires.map((long) => ({ service: 'courses', slo, window: long })),
    };
  });
  return window.long === '1h' ? [...cases, ...meaningCases(slo)] : cases;
}
