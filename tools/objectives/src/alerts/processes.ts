import type { Alert } from '../rules/rule.ts';

const restarts = (reason: string) => `worker_restarts_total{service="auth",instance="a",reason="${reason}"}`;
const pods = 'kube_pod_container_status_restarts_total';
const authPod = `${pods}{namespace="ganitagya",pod="auth-1",container="auth"}`;
const build = 'service_build_info{service="auth",job="pods",instance="a",version="0.1.0",node="v24"}';

/** About processes that are not there. */
export const processAlerts: readonly Alert[] = [
  {
    name: 'WorkersRestart',
    expr: 'sum by (service, instance) (increase(worker_restarts_total{reason!="rolling"}[15m])) > 3',
    severity: 'ticket',
    summary: '{{ $labels.instance }} of {{ $labels.service }}: workers die, freeze or leak again and again',
    cases: [
      {
        name: 'a worker dies every four minutes',
        series: { [restarts('died')]: '0 0 1 1 1 1 2 2 2 2 3 3 3 3 4 4 5' },
        at: '16m',
        fires: [{ service: 'auth', instance: 'a' }],
      },
      {
        name: 'one leaks, and all are replaced in order',
        series: { [restarts('leaking')]: '0 0 1x20', [restarts('rolling')]: '0 0 0+4x20' },
        at: '16m',
        fires: [],
      },
    ],
  },
  {
    name: 'WorkersMissing',
    expr: 'worker_ready < worker_wanted',
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.instance }} of {{ $labels.service }}: workers that should serve do not',
    cases: [
      {
        name: 'a worker cannot start',
        series: {
          'worker_ready{service="auth",instance="a"}': '4 4 3x20',
          'worker_wanted{service="auth",instance="a"}': '4x22',
        },
        at: '10m',
        fires: [{ service: 'auth', instance: 'a' }],
      },
      {
        name: 'one is replaced',
        series: {
          'worker_ready{service="auth",instance="a"}': '4x8 3 4x20',
          'worker_wanted{service="auth",instance="a"}': '4x22',
        },
        at: '9m',
        fires: [],
      },
    ],
  },
  {
    name: 'PodsCrashLoop',
    expr: `sum by (namespace, container) (increase(${pods}{namespace="ganitagya"}[15m])) > 3`,
    severity: 'page',
    summary:
      'Containers of {{ $labels.container }} end and are started again, more than three times in 15 minutes',
    cases: [
      {
        name: 'a new version dies at its start',
        series: { [authPod]: '0 1 2 2 3 3 3 4 4 4 4 5 5 5 5 6' },
        at: '15m',
        fires: [{ namespace: 'ganitagya', container: 'auth' }],
      },
      {
        name: 'two pods were killed for want of memory, and something else crashes elsewhere',
        series: {
          [authPod]: '0 0 1x20',
          [`${pods}{namespace="ganitagya",pod="auth-2",container="auth"}`]: '0 0 0 1x20',
          [`${pods}{namespace="shop",pod="x",container="x"}`]: '0+1x20',
        },
        at: '15m',
        fires: [],
      },
    ],
  },
  {
    name: 'ScrapeFails',
    expr: [
      '(up == 0)',
      '* on (job, instance) group_left (service)',
      'group by (job, instance, service) (last_over_time(service_build_info[1h]))',
    ].join('\n'),
    for: '3m',
    severity: 'ticket',
    summary: '{{ $labels.instance }} of {{ $labels.service }} does not answer Prometheus: it is blind to it',
    cases: [
      {
        name: 'a process hangs',
        series: { 'up{job="pods",instance="a"}': '1x3 0x10', [build]: '1x3 stale' },
        at: '10m',
        fires: [{ job: 'pods', instance: 'a', service: 'auth' }],
      },
      {
        name: 'a pod is replaced, and somebody else is down',
        series: {
          'up{job="pods",instance="a"}': '1x8 0 stale',
          [build]: '1x8 stale',
          'up{job="pods",instance="b"}': '0x15',
        },
        at: '9m',
        fires: [],
      },
    ],
  },
];
