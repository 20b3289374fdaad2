import { gauge, quantile, rate, type Row } from '../panel.ts';

/** What is refused so that the rest is quick. */
export const overload: Row = {
  title: 'Overload',
  panels: [
    {
      title: 'Level',
      description:
        'How many of 512 classes are refused, the least important first: 128 cohorts each of background, browsing, reading, critical.',
      unit: 'short',
      limit: { above: 1 },
      queries: [{ legend: '{{service}}', expr: gauge('max', 'overload_level', { by: 'service' }) }],
    },
    {
      title: 'Refused, by priority and reason',
      description: 'Before any work was done for them.',
      unit: 'reqps',
      isStacked: true,
      queries: [
        {
          legend: '{{priority}} {{outcome}}',
          expr: rate('overload_requests_total', { by: 'priority, outcome', where: 'outcome!="admitted"' }),
        },
      ],
    },
    {
      title: 'Let in, by priority',
      description: 'What the others make room for.',
      unit: 'reqps',
      isStacked: true,
      queries: [
        {
          legend: '{{priority}}',
          expr: rate('overload_requests_total', { by: 'priority', where: 'outcome="admitted"' }),
        },
      ],
    },
    {
      title: 'In work and waiting',
      description: 'Against the limit, summed over processes.',
      unit: 'short',
      queries: [
        { legend: 'limit {{service}}', expr: gauge('sum', 'overload_limit', { by: 'service' }) },
        { legend: 'in work {{service}}', expr: gauge('sum', 'overload_in_flight', { by: 'service' }) },
        { legend: 'waiting {{service}}', expr: gauge('sum', 'overload_queued', { by: 'service' }) },
      ],
    },
    {
      title: 'Out of time',
      description:
        'Refused because there was too little time, or cut: at the deadline, or as the client had gone.',
      unit: 'reqps',
      queries: [
        { legend: 'refused: {{reason}}', expr: rate('deadline_refusals_total', { by: 'reason' }) },
        { legend: 'cut: {{cause}}', expr: rate('requests_cut_total', { by: 'cause' }) },
      ],
    },
    {
      title: 'Turns of the event loop',
      description: 'How long a turn keeps what came meanwhile waiting, 99th percentile.',
      unit: 's',
      limit: { above: 0.2 },
      queries: [{ legend: '{{service}}', expr: quantile(0.99, 'event_loop_turn_seconds', 'service') }],
    },
  ],
};
