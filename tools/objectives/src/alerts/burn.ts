import { objectives, type Objective } from '../rules/objective.ts';
import type { Alert } from '../rules/rule.ts';
import { burnWindows, type BurnWindow } from '../rules/windows.ts';
import { burnCases } from './burn-cases.ts';

/** Fewer are the bad luck of a few users at night; a share alone would page for one of two requests. */
const BAD_REQUESTS_MIN = 10;

const lastsDays = (burn: number) => Number((30 / burn).toFixed(1));

/** Alerts on how fast the budgets burn: one for each objective and pair of windows. */
export const burnAlerts: readonly Alert[] = objectives.flatMap((objective) =>
  burnWindows.map((window) => burnAlert(objective, window)),
);

function burnAlert(objective: Objective, window: BurnWindow): Alert {
  const { slo, share } = objective;
  const { long, short, burn, severity } = window;
  const limit = Number((burn * (1 - share)).toPrecision(6));
  return {
    name: `${slo === 'latency' ? 'Latency' : 'Availability'}Burns${severity === 'page' ? 'Fast' : 'Slowly'}`,
    expr: [
      `slo:bad_requests:ratio${long}{slo="${slo}"} > ${limit}`,
      `and slo:bad_requests:ratio${short}{slo="${slo}"} > ${limit}`,
      `and slo:bad_requests:increase${long}{slo="${slo}"} >= ${BAD_REQUESTS_MIN}`,
    ].join('\n'),
    severity,
    labels: { window: long },
    summary: `{{ $labels.service }}: as in the last ${long}, the ${slo} budget of 30 days lasts ${lastsDays(burn)} days or less`,
    cases: burnCases(objective, window),
  };
}
