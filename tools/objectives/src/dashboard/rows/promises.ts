import { objectives } from '../../rules/objective.ts';
import { CHOSEN, type Row } from '../panel.ts';

/** Whether what was promised is kept. */
export const promises: Row = {
  title: 'Promises',
  panels: [
    ...objectives.map(({ slo, promise }) => ({
      title: `Budget left: ${slo}`,
      description: `${promise}. Of what may go wrong in 30 days, this is left; below zero the promise is broken.`,
      unit: 'percentunit' as const,
      kind: 'stat' as const,
      limit: { below: 0.1 },
      queries: [
        {
          legend: '{{service}}',
          expr: `slo:error_budget:remaining30d{slo="${slo}",${CHOSEN}}`,
        },
      ],
    })),
    {
      title: 'Burn rate, last hour',
      description:
        '1 uses the budget up in exactly 30 days. 14.4 for an hour pages, so does 6 for six hours.',
      unit: 'short',
      limit: { above: 14.4 },
      queries: [
        {
          legend: '{{service}} {{slo}}',
          expr: `slo:bad_requests:ratio1h{${CHOSEN}} / on (slo) group_left () (1 - slo:objective:ratio)`,
        },
      ],
    },
  ],
};
