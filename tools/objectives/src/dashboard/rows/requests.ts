import { quantile, rate, type Row } from '../panel.ts';

const DURATION = 'http_request_duration_seconds';
const COUNT = `${DURATION}_count`;
const answered = 'status_code!~"5.."';

/** How much is asked, what fails. */
export const traffic: Row = {
  title: 'Traffic and errors',
  panels: [
    {
      title: 'Requests',
      description: 'Answers a second, refusals included.',
      unit: 'reqps',
      queries: [{ legend: '{{service}}', expr: rate(COUNT, { by: 'service' }) }],
    },
    {
      title: 'Answers by status',
      description: '499 is a client that was gone before its answer; 503 is told to be safe to repeat.',
      unit: 'reqps',
      isStacked: true,
      queries: [{ legend: '{{status_code}}', expr: rate(COUNT, { by: 'status_code' }) }],
    },
    {
      title: 'Share that fails',
      description: 'What counts against availability: refusals of background requests do not.',
      unit: 'percentunit',
      limit: { above: 0.001 },
      queries: [
        {
          legend: '{{service}}',
          expr: 'slo:bad_requests:ratio5m{slo="availability",service=~"$service"}',
        },
      ],
    },
    {
      title: 'Busiest routes',
      description: 'The ten with the most requests.',
      unit: 'reqps',
      queries: [
        { legend: '{{method}} {{route}}', expr: `topk(10, ${rate(COUNT, { by: 'method, route' })})` },
      ],
    },
    {
      title: 'Failures by route',
      description: 'Answers with 5xx.',
      unit: 'reqps',
      queries: [
        {
          legend: '{{status_code}} {{method}} {{route}}',
          expr: rate(COUNT, { by: 'status_code, method, route', where: 'status_code=~"5.."' }),
        },
      ],
    },
    {
      title: 'Over a rate limit',
      description: 'Refused with 429, by whose limit it was: a user, or an address without one.',
      unit: 'reqps',
      queries: [
        { legend: '{{service}} {{by}}', expr: rate('rate_limit_refusals_total', { by: 'service, by' }) },
      ],
    },
  ],
};

/** How long it takes, against what is promised. */
export const latency: Row = {
  title: 'Latency against the promise of 200 ms',
  panels: [
    {
      title: 'Within 200 ms',
      description: 'Of the answers of routes that promise it; 99 % is the promise.',
      unit: 'percentunit',
      limit: { below: 0.99 },
      queries: [
        { legend: '{{service}}', expr: '1 - slo:bad_requests:ratio5m{slo="latency",service=~"$service"}' },
      ],
    },
    {
      title: 'Median and 99th percentile',
      description: 'Of all answers but failures.',
      unit: 's',
      limit: { above: 0.2 },
      queries: [
        { legend: 'p50 {{service}}', expr: quantile(0.5, DURATION, 'service', answered) },
        { legend: 'p99 {{service}}', expr: quantile(0.99, DURATION, 'service', answered) },
      ],
    },
    {
      title: 'Slowest routes that promise 200 ms',
      description: 'The 99th percentile of the ten slowest.',
      unit: 's',
      limit: { above: 0.2 },
      queries: [
        {
          legend: '{{method}} {{route}}',
          expr: `topk(10, ${quantile(0.99, DURATION, 'service, method, route', answered)} and on (service, method, route) http_route_objective_seconds)`,
        },
      ],
    },
  ],
};
