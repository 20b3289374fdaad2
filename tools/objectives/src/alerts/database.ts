import type { Alert } from '../rules/rule.ts';

const courses = (series: string, labels: string, instance = 'a') =>
  `${series}{service="courses",instance="${instance}",${labels}}`;
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
        series: {
          [courses('database_replica_lag_seconds', 'host="replica:5432"')]: '0x2 6x20',
          [courses('database_replica_lag_seconds', 'host="replica:5432"', 'b')]: '0x22',
        },
        at: '15m',
        fires: [{ service: 'courses', host: 'replica:5432' }],
      },
      {
        name: 'one is late for a moment, another a little all the time',
        series: {
          [courses('database_replica_lag_seconds', 'host="replica:5432"')]: '0x5 8 9 7 0x10',
          [courses('database_replica_lag_seconds', 'host="replica-2:5432"')]: '4x20',
        },
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
        name: 'one of four workers of one of two groups cannot reach a replica',
        series: {
          [courses('database_host_state', `${replica},state="ejected"`)]: '0x2 0.25x20',
          [courses('database_host_state', `${replica},state="ejected"`, 'b')]: '0x25',
        },
        at: '15m',
        fires: [{ service: 'courses', host: 'replica:5432' }],
      },
      {
        name: 'a replica restarts, another has left for good, and the primary is another alert',
        series: {
          [courses('database_host_state', `${replica},state="ejected"`)]: '0x8 1 1 0x20',
          [courses('database_host_state', `${primary},state="ejected"`)]: '1x20',
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
        at: '6m',
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
          [courses('database_host_state', 'host="replica:5432",role="primary",state="up"')]: '_x9 1x20',
          [courses('database_host_state', 'host="replica-2:5432",role="replica",state="up"')]: '1x30',
        },
        step: '30s',
        at: '4m',
        fires: [],
      },
      {
        name: 'only one of four workers of one of two groups can reach it',
        series: {
          [courses('database_host_state', `${primary},state="up"`)]: '0x20',
          [courses('database_host_state', `${primary},state="up"`, 'b')]: '0.25x20',
        },
        at: '10m',
        fires: [],
      },
    ],
  },
];
