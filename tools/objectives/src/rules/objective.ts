/** What is promised to users, over 30 days. */
export interface Objective {
  readonly slo: string;
  /** In words, for people who look at a dashboard. */
  readonly promise: string;
  /** The share of requests for which it is kept. */
  readonly share: number;
  /** Requests a second for which it was kept, and for which it was not, by service. */
  readonly good: string;
  readonly bad: string;
}

const DURATION = 'http_request_duration_seconds';
const RATE = (series: string) => `sum by (service) (rate(${series}[5m]))`;
/** Without it there would be no series as long as nothing has failed, or nothing has gone well. */
const NONE = `0 * ${RATE(`${DURATION}_count`)}`;
/** The routes that promise 200 ms, as the services themselves tell. */
const PROMISED = 'and on (service, method, route) (http_route_objective_seconds == 0.2)';

const failed = RATE(`${DURATION}_count{status_code=~"5.."}`);
/** To be refused first is what `background` means. */
const refusedByDesign = RATE(`overload_requests_total{priority="background",outcome!="admitted"}`);

const answeredInTime = `sum by (service) (rate(${DURATION}_bucket{le="0.2",status_code!~"5.."}[5m]) ${PROMISED})`;
const answered = `sum by (service) (rate(${DURATION}_count{status_code!~"5.."}[5m]) ${PROMISED})`;

export const objectives: readonly Objective[] = [
  {
    slo: 'availability',
    promise: '99.9 % of requests do not fail; refusals of background requests are none',
    share: 0.999,
    // Paths that no route answers are no success: a scanner would hide failures.
    good: `${RATE(`${DURATION}_count{status_code!~"5..",route!="unmatched"}`)}\nor ${NONE}`,
    bad: `clamp_min(\n  (${failed} - ${refusedByDesign})\n  or ${failed},\n  0\n)\nor ${NONE}`,
  },
  {
    slo: 'latency',
    promise: '99 % of answers of routes that promise 200 ms come within 200 ms',
    share: 0.99,
    good: `${answeredInTime}\nor ${NONE}`,
    bad: `clamp_min(\n  ${answered}\n  - ${answeredInTime},\n  0\n)\nor ${NONE}`,
  },
];
