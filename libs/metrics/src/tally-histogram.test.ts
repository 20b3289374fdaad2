import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from '@prometheus-io/client';
import { writeExposition } from './series/exposition.ts';
import { readFamilies } from './series/read-families.ts';
import { TallyHistogram } from './tally-histogram.ts';

const BUCKETS = [0.1, 0.5, 1];
const VALUES = [0.05, 0.1, 0.100001, 0.5, 0.9, 1, 1.1, 100];

/** Labels have no order, and lines neither. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/\{(.*)\}/u, (_all, labels: string) => `{${labels.split(',').sort().join()}}`),
    )
    .sort();

test('TallyHistogram tells the same series as a histogram of the client library', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  theirs.setDefaultLabels({ service: 'test' });
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
  const { body } = await writeExposition(await readFamilies(ours), 'service="test"');
  assert.deepEqual(linesOf(body), linesOf(await theirs.metrics()));
});

test('TallyHistogram counts the labels after the thousandth as one, and the same labels once', () => {
  const histogram = new TallyHistogram({
    name: 'seconds',
    help: 'Time.',
    buckets: BUCKETS,
    registry: new Registry(),
  });
  assert.equal(histogram.add({ path: '/0' }), histogram.add({ path: '/0' }));
  for (let path = 0; path < 3_000; path += 1) histogram.add({ path: `/${path}`, kind: 'a"b' }).observe(1);
  const { samples } = histogram.family();
  assert.ok(samples.length <= 1_001);
  const overflow = samples.find(({ labels }) => labels === 'path="other",kind="other"');
  assert.ok((overflow?.values[2] ?? 0) >= 2_000);
});
