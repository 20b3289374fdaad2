import { gauge, quantile, rate, type Row } from '../panel.ts';

/** Postgres, as the services see it. */
export const database: Row = {
  title: 'Database hosts',
  panels: [
    {
      title: 'In rotation',
      description: '1 if every process of the service can use the host.',
      unit: 'short',
      limit: { below: 1 },
      queries: [
        {
          legend: '{{service}} {{role}} {{host}}',
          expr: gauge('min', 'database_host_up', { by: 'service, role, host' }),
        },
      ],
    },
    {
      title: 'Age of replicas',
      description: 'Above 5 s a replica gets no reads.',
      unit: 's',
      limit: { above: 5 },
      queries: [
        {
          legend: '{{service}} {{host}}',
          expr: gauge('max', 'database_replica_lag_seconds', { by: 'service, host' }),
        },
      ],
    },
    {
      title: 'Connections',
      description: 'In use, and callers that wait for one.',
      unit: 'short',
      queries: [
        {
          legend: '{{kind}} {{host}}',
          expr: gauge('sum', 'database_connections', { by: 'kind, host' }),
        },
      ],
    },
    {
      title: 'Statements by route and reason',
      description: 'Reads on the primary for want of a replica say that replicas do not carry their share.',
      unit: 'ops',
      isStacked: true,
      queries: [
        { legend: '{{route}}: {{reason}}', expr: rate('database_statements_total', { by: 'route, reason' }) },
      ],
    },
    {
      title: 'Statements that fail',
      description: 'By themselves, at a full pool, or at a host that does not answer.',
      unit: 'ops',
      queries: [
        {
          legend: '{{outcome}} {{host}}',
          expr: rate('database_statements_total', { by: 'outcome, host', where: 'outcome!="ok"' }),
        },
      ],
    },
    {
      title: 'Time of statements',
      description: 'The 99th percentile by type, waiting for a connection included.',
      unit: 's',
      queries: [
        {
          legend: '{{query_type}}',
          expr: quantile(0.99, 'database_query_duration_seconds', 'query_type'),
        },
      ],
    },
  ],
};
