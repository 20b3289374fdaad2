import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { probeForTest } from '../testing/probe.ts';
import { promtool } from '../testing/promtool.ts';
import { asked, type Asked } from './asked.ts';
import { foreignSeries, groupSeries, KnownSeries } from './known-series.ts';
import { referencesOf } from './references.ts';

const namesIn = (expr: string) => referencesOf(expr).series.map(({ name }) => name);
const isOfGroup = ({ expr }: Asked) => namesIn(expr).some((name) => groupSeries.includes(name));

function faultsIn(exposition: string, workers: number): string[] {
  const known = new KnownSeries(exposition);
  return asked
    .filter((each) => workers > 1 || !isOfGroup(each))
    .flatMap(({ where, expr, shown }) => known.faultsOf(expr, shown).map((fault) => `${where}: ${fault}`));
}

describe('rules, dashboard and runbooks', { concurrency: true }, () => {
  for (const workers of [1, 2]) {
    test(`name what a service with WORKERS=${workers} really tells, which is clean`, async (t) => {
      const probe = await probeForTest(t, workers);
      // The age of a replica is known after a while, and workers tell what they count four times a second.
      let faults: string[] = ['nothing was asked'];
      const exposition = await waitFor(
        async () => {
          await probe.use();
          const text = await probe.metrics();
          faults = faultsIn(text, workers);
          return faults.length === 0 && text;
        },
        { what: 'all series', timeoutMs: 60_000, intervalMs: 250 },
      ).catch((error: unknown) => {
        assert.deepEqual(faults, [], String(error));
        throw error;
      });
      const { isGood, output } = await promtool(['check', 'metrics'], exposition);
      assert.ok(isGood, output);
      assert.equal(output, '');
    });
  }

  test('series of others and of groups are only those that are used', () => {
    const used = new Set(asked.flatMap(({ expr }) => namesIn(expr)));
    assert.deepEqual(
      [...Object.keys(foreignSeries), ...groupSeries].filter((name) => !used.has(name)),
      [],
    );
  });

  test('a series, a value and a label that are not there are found', () => {
    const known = new KnownSeries('redis_up{service="auth"} 1\n');
    assert.deepEqual(known.faultsOf('min by (service) (redis_up)'), []);
    assert.deepEqual(known.faultsOf('redis_down'), ['redis_down is not there']);
    assert.deepEqual(known.faultsOf('redis_up{host="x"}'), ['redis_up is never host=x']);
    assert.deepEqual(known.faultsOf('max by (host) (redis_up)'), ['no series has the label host']);
  });
});
