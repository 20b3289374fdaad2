import { gauge, rate, type Row } from '../panel.ts';

/** Calls to others. */
export const circuits: Row = {
  title: 'Circuits',
  panels: [
    {
      title: 'State',
      description: '0 closed, 1 half-open, 2 open; the worst of all processes.',
      unit: 'short',
      limit: { above: 2 },
      queries: [
        {
          legend: '{{service}} {{policy}}',
          expr: gauge('max', 'resilience_circuit_state', { by: 'service, policy' }),
        },
      ],
    },
    {
      title: 'Retries, time-outs, refusals, fallbacks',
      description:
        '`retry_budget_exhausted` are repetitions that were not made, because too much fails already.',
      unit: 'ops',
      queries: [
        { legend: '{{policy}} {{event}}', expr: rate('resilience_events_total', { by: 'policy, event' }) },
      ],
    },
    {
      title: 'Changes of circuits',
      description: 'A circuit that opens and closes again and again has a dependency that half works.',
      unit: 'ops',
      queries: [
        {
          legend: '{{policy}} {{state}}',
          expr: rate('resilience_circuit_changes_total', { by: 'policy, state' }),
        },
      ],
    },
  ],
};
