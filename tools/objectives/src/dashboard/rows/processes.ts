import { CHOSEN, gauge, quantile, rate, type Row } from '../panel.ts';

/** What runs. */
export const processes: Row = {
  title: 'Processes and workers',
  panels: [
    {
      title: 'Busy event loops',
      description: 'The share of time in which a loop has work, by process group; near 1 it is full.',
      unit: 'percentunit',
      limit: { above: 0.9 },
      queries: [
        {
          legend: '{{service}} {{instance}}',
          expr: `${rate('nodejs_eventloop_time_seconds_total', { by: 'service, instance', where: 'state="active"' })} / ${rate('nodejs_eventloop_time_seconds_total', { by: 'service, instance' })}`,
        },
      ],
    },
    {
      title: 'Memory',
      description: 'Resident, and the heap in use.',
      unit: 'bytes',
      queries: [
        {
          legend: 'resident {{service}} {{instance}}',
          expr: gauge('sum', 'process_resident_memory_bytes', { by: 'service, instance' }),
        },
        {
          legend: 'heap {{service}} {{instance}}',
          expr: gauge('sum', 'nodejs_heap_size_bytes', { by: 'service, instance', where: 'kind="used"' }),
        },
      ],
    },
    {
      title: 'Collections of garbage',
      description: 'The 99th percentile of their time, by kind.',
      unit: 's',
      queries: [{ legend: '{{kind}}', expr: quantile(0.99, 'nodejs_gc_duration_seconds', 'kind') }],
    },
    {
      title: 'Workers',
      description: 'Where a service runs several in a process group: wanted, and ready.',
      unit: 'short',
      queries: [
        { legend: 'wanted {{service}}', expr: gauge('sum', 'worker_wanted', { by: 'service' }) },
        { legend: 'ready {{service}}', expr: gauge('sum', 'worker_ready', { by: 'service' }) },
        {
          legend: 'restarts in 15 min: {{reason}} {{service}}',
          expr: `sum by (service, reason) (increase(worker_restarts_total{${CHOSEN}}[15m]))`,
        },
      ],
    },
    {
      title: 'Silence of workers',
      description: 'How old the values are with which a worker counts; much, if it is frozen.',
      unit: 's',
      limit: { above: 3 },
      queries: [
        {
          legend: '{{service}} {{worker}}',
          expr: gauge('max', 'metrics_snapshot_age_seconds', { by: 'service, worker' }),
        },
      ],
    },
    {
      title: 'Connections and pods',
      description: 'Open client connections, and pods against the most there may be.',
      unit: 'short',
      queries: [
        { legend: 'connections {{service}}', expr: gauge('sum', 'active_connections', { by: 'service' }) },
        {
          legend: 'pods {{horizontalpodautoscaler}}',
          expr: 'kube_horizontalpodautoscaler_status_current_replicas{namespace="ganitagya"}',
        },
        {
          legend: 'at most {{horizontalpodautoscaler}}',
          expr: 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="ganitagya"}',
        },
      ],
    },
  ],
};
