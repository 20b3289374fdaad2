import type { Alert } from '../rules/rule.ts';

const courses = (series: string, labels: string) => `${series}{service="courses",instance="a",${labels}}`;
const primary = 'host="primary:5432",role="primary"';
const replica = 'host="replica:5432",role="replica"';

/** About Postgres, as the services see it. */
export const databaseAlerts: readonly Alert[] = [
  {
    name: 'ReplicaLags',
    expr: 'max by (service, host) (database_replica_lag_seconds) > 5',
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.service }}: {{ $labels.host }} shows what is older than 5 s, so it gets no reads',
    cases: [
      {
        name: 'a replica falls behind',
        series: { [courses('database_replica_lag_seconds', 'host="replica:5432"')]: '0+2x20' },
        at: '15m',
        fires: [{ service: 'courses', host: 'replica:5432' }],
      },
      {
        name: 'a replica is late for a moment',
        series: { [courses('database_replica_lag_seconds', 'host="replica:5432"')]: '0 8 9 7 0x10' },
        at: '8m',
        fires: [],
      },
    ],
  },
  {
    name: 'DatabaseHostEjected',
    expr: 'max by (service, host) (database_host_state{role="replica",state="ejected"}) > 0',
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.service }}: the replica {{ $labels.host }} fails and is out of rotation',
    cases: [
      {
        name: 'one of two processes cannot reach a replica',
        series: {
          [courses('database_host_state', `${replica},state="ejected"`)]: '0x2 1x20',
          [`database_host_state{service="courses",instance="b",${replica},state="ejected"}`]: '0x25',
        },
        at: '15m',
        fires: [{ service: 'courses', host: 'replica:5432' }],
      },
      {
        name: 'a replica restarts, and another has left for good',
        series: {
          [courses('database_host_state', `${replica},state="ejected"`)]: '0 1 1 0x20',
          [courses('database_host_state', 'host="old:5432",role="replica",state="ejected"')]: '1 1 stale',
        },
        at: '10m',
        fires: [],
      },
    ],
  },
  {
    name: 'NoPrimary',
    expr: [
      'group by (service) (database_host_state)',
      'unless on (service)',
      '(max by (service) (database_host_state{role="primary",state="up"}) > 0)',
    ].join('\n'),
    for: '1m',
    severity: 'page',
    summary: '{{ $labels.service }}: no process knows a primary that answers; nothing can be saved',
    cases: [
      {
        name: 'the primary is ejected',
        series: {
          [courses('database_host_state', `${primary},state="up"`)]: '1x3 0x10',
          [courses('database_host_state', `${replica},state="up"`)]: '1x13',
        },
        at: '10m',
        fires: [{ service: 'courses' }],
      },
      {
        name: 'no host has the role any more',
        series: {
          [courses('database_host_state', `${primary},state="up"`)]: '1x3 stale',
          [courses('database_host_state', `${replica},state="up"`)]: '1x13',
        },
        at: '10m',
        fires: [{ service: 'courses' }],
      },
      {
        name: 'a failover of half a minute, another host takes over',
        series: {
          [courses('database_host_state', `${primary},state="up"`)]: '1x6 0 stale',
          [courses('database_host_state', 'host="replica:5432",role="primary",state="up"')]: '_x7 1x20',
        },
        step: '30s',
        at: '5m',
        fires: [],
      },
      {
        name: 'one of two processes cannot reach it',
        series: {
          [courses('database_host_state', `${primary},state="up"`)]: '0x20',
          [`database_host_state{service="courses",instance="b",${primary},state="up"}`]: '1x20',
        },
        at: '10m',
        fires: [],
      },
    ],
  },
];
