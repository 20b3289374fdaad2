import type { Alert } from '../rules/rule.ts';

const tutor = (series: string, labels: string, instance = 'a') =>
  `${series}{service="ai-tutor",instance="${instance}",${labels}}`;
const exhausted = tutor('resilience_events_total', 'policy="model",event="retry_budget_exhausted"');

/** About what services call, other than Postgres. */
export const dependencyAlerts: readonly Alert[] = [
  {
    name: 'CircuitOpen',
    // A circuit that tries again is half-open for a moment.
    expr: 'max by (service, policy) (max_over_time(resilience_circuit_state[2m])) == 2',
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.service }}: calls under {{ $labels.policy }} fail; the circuit is open',
    cases: [
      {
        name: 'open, and half-open now and then',
        series: {
          [tutor('resilience_circuit_state', 'policy="model"')]: '0x2 2 2 1 2 2 1 2 2 1 2',
          [tutor('resilience_circuit_state', 'policy="model"', 'b')]: '0x20',
        },
        at: '10m',
        fires: [{ service: 'ai-tutor', policy: 'model' }],
      },
      {
        name: 'open once',
        series: { [tutor('resilience_circuit_state', 'policy="model"')]: '0x6 2 1 0x20' },
        at: '8m',
        fires: [],
      },
      {
        name: 'half-open, and not again open',
        series: { [tutor('resilience_circuit_state', 'policy="model"')]: '1x20' },
        at: '10m',
        fires: [],
      },
    ],
  },
  {
    name: 'RetryBudgetExhausted',
    expr: 'sum by (service, policy) (increase(resilience_events_total{event="retry_budget_exhausted"}[5m])) > 10',
    for: '5m',
    severity: 'ticket',
    summary:
      '{{ $labels.service }}: so many calls under {{ $labels.policy }} fail that they are not repeated',
    cases: [
      {
        name: 'a dependency fails for a quarter of an hour',
        series: { [exhausted]: '0x3 0+3x15' },
        at: '15m',
        fires: [{ service: 'ai-tutor', policy: 'model' }],
      },
      { name: 'one bad moment', series: { [exhausted]: '0x3 40x30' }, at: '8m', fires: [] },
      { name: 'one or two a minute', series: { [exhausted]: '0+1.5x30' }, at: '15m', fires: [] },
      {
        name: 'many retries that are made',
        series: { [tutor('resilience_events_total', 'policy="model",event="retry"')]: '0+50x20' },
        at: '15m',
        fires: [],
      },
    ],
  },
  {
    name: 'RedisUnreachable',
    expr: 'min by (service) (redis_up) == 0',
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.service }}: at least one process has no connection to Redis',
    cases: [
      {
        name: 'one of two processes has lost it',
        series: {
          'redis_up{service="auth",instance="a"}': '1x2 0x20',
          'redis_up{service="auth",instance="b"}': '1x22',
        },
        at: '12m',
        fires: [{ service: 'auth' }],
      },
      {
        name: 'Redis restarts',
        series: { 'redis_up{service="auth",instance="a"}': '1x6 0 0 1x20' },
        at: '8m',
        fires: [],
      },
    ],
  },
];
