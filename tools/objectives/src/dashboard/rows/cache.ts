import { gauge, rate, type Row } from '../panel.ts';

const events = (where: string) => rate('cache_events_total', { by: 'service', where });
const ASKED = 'event=~"memory_hit|remote_hit|miss"';

/** Memory, then Redis, then the loader. */
export const cache: Row = {
  title: 'Cache',
  panels: [
    {
      title: 'Answered from memory, or at least from Redis',
      description: 'Of all that was looked up.',
      unit: 'percentunit',
      queries: [
        { legend: 'memory {{service}}', expr: `${events('event="memory_hit"')} / ${events(ASKED)}` },
        {
          legend: 'either {{service}}',
          expr: `${events('event=~"memory_hit|remote_hit"')} / ${events(ASKED)}`,
        },
      ],
    },
    {
      title: 'What else it does',
      description: 'Loads, invalidations, waits for others, answers kept stale while a load fails.',
      unit: 'ops',
      queries: [
        {
          legend: '{{event}}',
          expr: rate('cache_events_total', { by: 'event', where: 'event!~"memory_hit|remote_hit|miss"' }),
        },
      ],
    },
    {
      title: 'Memory of values',
      description: 'In the process that holds the most, against CACHE_MEMORY_BYTES.',
      unit: 'bytes',
      queries: [{ legend: '{{service}}', expr: gauge('max', 'cache_memory_bytes', { by: 'service' }) }],
    },
    {
      title: 'Redis',
      description: '1 if every process is connected.',
      unit: 'short',
      limit: { below: 1 },
      queries: [{ legend: '{{service}}', expr: gauge('min', 'redis_up', { by: 'service' }) }],
    },
  ],
};
