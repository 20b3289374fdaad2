import type { Alert } from '../rules/rule.ts';

const turns = (le: string) => `event_loop_turn_seconds_bucket{service="courses",instance="a",le="${le}"}`;
const turnCount = 'event_loop_turn_seconds_count{service="courses",instance="a"}';
const autoscaler = 'namespace="ganitagya",horizontalpodautoscaler="courses"';

/** About more work than can be done. */
export const loadAlerts: readonly Alert[] = [
  {
    name: 'RequestsShed',
    expr: 'max by (service) (min_over_time(overload_level[2m])) > 0',
    for: '10m',
    severity: 'ticket',
    summary: '{{ $labels.service }} refuses its least important requests for more than 10 minutes',
    cases: [
      {
        name: 'too many students for a quarter of an hour',
        series: {
          'overload_level{service="courses",instance="a"}': '0x2 1x20',
          'overload_level{service="courses",instance="b"}': '0x22',
        },
        at: '16m',
        fires: [{ service: 'courses' }],
      },
      {
        name: 'for nine minutes so far',
        series: { 'overload_level{service="courses",instance="a"}': '0x2 40x20' },
        at: '12m',
        fires: [],
      },
      {
        name: 'a minute of it, every five',
        series: { 'overload_level{service="courses",instance="a"}': '0 0 40 0 0 0 0 60 0 0 0 0 50 0 0 0 20' },
        at: '16m',
        fires: [],
      },
    ],
  },
  {
    name: 'AutoscalerAtMaximum',
    expr: [
      'kube_horizontalpodautoscaler_status_current_replicas{namespace="ganitagya"}',
      '>= on (namespace, horizontalpodautoscaler)',
      'kube_horizontalpodautoscaler_spec_max_replicas',
    ].join('\n'),
    for: '15m',
    severity: 'ticket',
    summary:
      '{{ $labels.horizontalpodautoscaler }} has as many pods as it may have; it will not grow further',
    cases: [
      {
        name: 'all twenty pods run',
        series: {
          [`kube_horizontalpodautoscaler_status_current_replicas{${autoscaler}}`]: '3 10 20x30',
          [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: '20x35',
        },
        at: '20m',
        fires: [{ namespace: 'ganitagya', horizontalpodautoscaler: 'courses' }],
      },
      {
        name: 'all twenty for ten minutes so far',
        series: {
          [`kube_horizontalpodautoscaler_status_current_replicas{${autoscaler}}`]: '10x9 20x30',
          [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: '20x35',
        },
        at: '20m',
        fires: [],
      },
      {
        name: 'nineteen of twenty, and an autoscaler of somebody else',
        series: {
          [`kube_horizontalpodautoscaler_status_current_replicas{${autoscaler}}`]: '19x35',
          [`kube_horizontalpodautoscaler_spec_max_replicas{${autoscaler}}`]: '20x35',
          'kube_horizontalpodautoscaler_status_current_replicas{namespace="shop",horizontalpodautoscaler="x"}':
            '5x35',
          'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="x"}':
            '5x35',
        },
        at: '20m',
        fires: [],
      },
    ],
  },
  {
    name: 'EventLoopHeld',
    expr: [
      'sum by (service, instance) (increase(event_loop_turn_seconds_count[5m]))',
      '- sum by (service, instance) (increase(event_loop_turn_seconds_bucket{le="0.2"}[5m]))',
      '> 15',
    ].join('\n'),
    for: '10m',
    severity: 'ticket',
    summary:
      '{{ $labels.instance }} of {{ $labels.service }}: turns of the event loop take longer than 200 ms',
    cases: [
      {
        name: 'four long turns a minute',
        series: { [turnCount]: '0+1004x30', [turns('0.2')]: '0+1000x30' },
        at: '20m',
        fires: [{ service: 'courses', instance: 'a' }],
      },
      {
        name: 'one long turn a minute, as of a collection of garbage',
        series: { [turnCount]: '0+1001x30', [turns('0.2')]: '0+1000x30' },
        at: '20m',
        fires: [],
      },
      {
        name: 'forty long turns at once',
        series: { [turnCount]: '0+1000x15 16040+1000x15', [turns('0.2')]: '0+1000x30' },
        at: '19m',
        fires: [],
      },
      {
        name: 'many turns of 100 ms',
        series: { [turnCount]: '0+1000x30', [turns('0.2')]: '0+1000x30', [turns('0.05')]: '0+0x30' },
        at: '20m',
        fires: [],
      },
    ],
  },
];
