import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeExposition } from './exposition.ts';
import { labelsText, type Family } from './family.ts';

test('writeExposition escapes what labels and help may hold, and has words for what is no number', async () => {
  const gauge = (labels: string, value: number) => ({ labels, values: [value] });
  const families: Family[] = [
    {
      name: 'a',
      help: 'One\nline \\ only.',
      type: 'gauge',
      merge: 'sum',
      samples: [
        gauge('', NaN),
        gauge(labelsText({ path: 'a"b\\c\nd' }), Infinity),
        gauge(labelsText({ path: 1 }), -Infinity),
      ],
    },
  ];
  const { body } = await writeExposition(families, '');
  assert.deepEqual(body.split('\n'), [
    '# HELP a One\\nline \\\\ only.',
    '# TYPE a gauge',
    'a NaN',
    'a{path="a\\"b\\\\c\\nd"} +Inf',
    'a{path="1"} -Inf',
    '',
  ]);
});

test('writeExposition lets others have their turn while it writes a thousand histograms', async () => {
  const bounds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
  const samples = Array.from({ length: 20_000 }, (_, index) => ({
    labels: labelsText({ route: `/r${index}` }),
    values: new Float64Array(bounds.length + 2),
  }));
  let turns = 0;
  let isWriting = true;
  const count = () => {
    turns += 1;
    if (isWriting) setImmediate(count);
  };
  count();
  const families: Family[] = [{ name: 'h', help: 'H.', type: 'histogram', merge: 'sum', bounds, samples }];
  const { body } = await writeExposition(families, 'service="x"');
  isWriting = false;
  assert.equal(body.split('\n').length - 1, 2 + 20_000 * 16);
  assert.ok(turns > 5, `${turns} turns`);
});
