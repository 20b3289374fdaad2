import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from '@prometheus-io/client';
import { mergedExposition } from './snapshot.ts';
import { TallyHistogram } from './tally-histogram.ts';

const BUCKETS = [0.1, 0.5, 1];
const VALUES = [0.05, 0.1, 0.100001, 0.5, 0.9, 1, 1.1, 100];

function pair() {
  const [ours, theirs] = [new Registry(), new Registry()];
  for (const registry of [ours, theirs]) registry.setDefaultLabels({ service: 'test' });
  const name = 'query_seconds';
  const help = 'Time.';
  const tally = new TallyHistogram({ name, help, buckets: BUCKETS, registry: ours });
  const tallies = { select: tally.add({ kind: 'select' }), insert: tally.add({ kind: 'insert' }) };
  tally.add({ kind: 'never observed' });
  const labelNames = ['kind'];
  const histogram = new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [theirs] });
  for (const [index, value] of VALUES.entries()) {
    const kind = index % 3 === 0 ? 'select' : 'insert';
    tallies[kind].observe(value);
    histogram.observe({ kind }, value);
  }
  return { ours, theirs };
}

/** Labels have no order, and lines neither. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) =>
      line.replace(/\{(.*)\}/u, (_all, labels: string) => `{${labels.split(',').sort().join()}}`),
    )
    .sort();

test('TallyHistogram tells the same series as a histogram of prom-client, alone and merged', async () => {
  const { ours, theirs } = pair();
  assert.deepEqual(linesOf(await ours.metrics()), linesOf(await theirs.metrics()));
  const merged = async (registry: Registry) => {
    const snapshot = () => registry.getMetricsAsJSON();
    return linesOf((await mergedExposition([await snapshot(), await snapshot()])).body);
  };
  assert.deepEqual(await merged(ours), await merged(theirs));
});
