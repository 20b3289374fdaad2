import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referencesOf } from './references.ts';

test('finds series, matchers and labels, and takes no function, keyword or duration for a series', () => {
  const expr = `clamp_min(
    sum by (service, instance) (rate(a_total{code=~"5..",kind!="x,}y"}[5m] offset 1h))
    - on (service) group_left (host) max_over_time(b:c[$__rate_interval]), 0.5e3
  ) or unless_not == bool 2 unless histogram_quantile(0.99, d_bucket)`;
  assert.deepEqual(referencesOf(expr), {
    series: [
      {
        name: 'a_total',
        matchers: [
          { label: 'code', operator: '=~', value: '5..' },
          { label: 'kind', operator: '!=', value: 'x,}y' },
        ],
      },
      { name: 'b:c', matchers: [] },
      { name: 'unless_not', matchers: [] },
      { name: 'd_bucket', matchers: [] },
    ],
    labels: ['service', 'instance', 'service', 'host'],
  });
});
