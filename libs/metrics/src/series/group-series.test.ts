import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Family, FamilyHead } from './family.ts';
import { GroupSeries } from './group-series.ts';
import { SeriesSender } from './series-sender.ts';

const REQUESTS: FamilyHead = { name: 'requests_total', help: 'Requests.', type: 'counter', merge: 'sum' };
const OPEN: FamilyHead = { name: 'open', help: 'Open ones.', type: 'gauge', merge: 'sum' };
const LATENCY: FamilyHead = {
  name: 'latency_seconds',
  help: 'Latency.',
  type: 'histogram',
  merge: 'sum',
  bounds: [0.2],
};

const of = (head: FamilyHead, values: Readonly<Record<string, readonly number[]>>): Family => ({
  ...head,
  samples: Object.entries(values).map(([labels, each]) => ({ labels, values: each })),
});

/** A process whose pushes go through JSON, as they do on their way. */
function member(group: GroupSeries, process: number) {
  const sender = new SeriesSender();
  return (...families: Family[]) => {
    const push = sender.next(families);
    group.take(process, JSON.parse(JSON.stringify(push)) as typeof push);
    return push;
  };
}

const valuesOf = (group: GroupSeries, name: string) =>
  Object.fromEntries(
    group
      .families([])
      .find((family) => family.name === name)
      ?.samples.map(({ labels, values }) => [labels, [...Array.from(values)]]) ?? [],
  );

describe('GroupSeries', () => {
  test('adds up what each process tells, and is told only what changed', () => {
    const group = new GroupSeries();
    const [first, second] = [member(group, 1), member(group, 2)];
    first(of(REQUESTS, { 'route="/a"': [3], 'route="/b"': [1] }), of(LATENCY, { '': [2, 1, 0.5] }));
    second(of(REQUESTS, { 'route="/a"': [4] }), of(LATENCY, { '': [1, 0, 0.1] }));
    const push = first(
      of(REQUESTS, { 'route="/a"': [5], 'route="/b"': [1] }),
      of(LATENCY, { '': [2, 1, 0.5] }),
    );
    assert.deepEqual(push, { heads: [], added: [], changed: [[0, 5]], gone: [] });
    assert.deepEqual(valuesOf(group, 'requests_total'), { 'route="/a"': [9], 'route="/b"': [1] });
    assert.deepEqual(valuesOf(group, 'latency_seconds'), { '': [3, 1, 0.6] });
  });

  test('keeps what a dead process counted, however many die, and drops its gauges', () => {
    const group = new GroupSeries();
    for (let process = 1; process <= 100; process += 1) {
      const push = member(group, process);
      push(of(REQUESTS, { '': [10] }), of(OPEN, { '': [1] }), of(LATENCY, { '': [1, 1, 2] }));
      push(of(REQUESTS, { '': [20] }), of(OPEN, { '': [1] }), of(LATENCY, { '': [1, 1, 2] }));
      assert.deepEqual(valuesOf(group, 'requests_total'), { '': [process * 20] });
      assert.deepEqual(valuesOf(group, 'open'), { '': [1] });
      group.retire(process);
      assert.deepEqual(valuesOf(group, 'requests_total'), { '': [process * 20] });
    }
    assert.deepEqual(valuesOf(group, 'open'), {});
    assert.deepEqual(valuesOf(group, 'latency_seconds'), { '': [100, 100, 200] });
  });

  test('keeps a bounded number of label sets of the dead: the rest shares one, and nothing is lost', () => {
    const group = new GroupSeries();
    for (let process = 0; process < 50; process += 1) {
      const hosts = Array.from({ length: 100 }, (_, host) => [`host="${process}-${host}"`, [1]] as const);
      member(group, process)(of(REQUESTS, Object.fromEntries(hosts)));
      group.retire(process);
    }
    const values = valuesOf(group, 'requests_total');
    assert.equal(Object.keys(values).length, 2_001);
    assert.deepEqual(values['host="other"'], [3_000]);
  });

  test('forgets the series that a process has no more, and knows them when they are back', () => {
    const group = new GroupSeries();
    const push = member(group, 1);
    push(of(OPEN, { 'host="a"': [1], 'host="b"': [2] }));
    push(of(OPEN, { 'host="b"': [2] }));
    assert.deepEqual(valuesOf(group, 'open'), { 'host="b"': [2] });
    push(of(OPEN, { 'host="a"': [NaN], 'host="b"': [2] }));
    assert.deepEqual(valuesOf(group, 'open'), { 'host="a"': [NaN], 'host="b"': [2] });
  });

  for (const [values, merged] of [
    [[4, 1, 7], { min: 1, max: 7, average: 4, first: 4 }],
    [[0, 0, 0], { min: 0, max: 0, average: 0, first: 0 }],
    [[-3, -1, -2], { min: -3, max: -1, average: -2, first: -3 }],
    [[1e9, 3e9, 2e9], { min: 1e9, max: 3e9, average: 2e9, first: 1e9 }],
  ] as const) {
    test(`merges gauges of ${values.join(', ')} by the rule of each`, () => {
      const group = new GroupSeries();
      const rules = ['min', 'max', 'average', 'first'] as const;
      for (const [process, value] of values.entries())
        member(group, process)(...rules.map((merge) => of({ ...OPEN, name: merge, merge }, { '': [value] })));
      for (const rule of rules) assert.deepEqual(valuesOf(group, rule)[''], [merged[rule]], rule);
    });
  }

  test('tells how long ago each process was heard of, by places that are used again', () => {
    let now = 0;
    const group = new GroupSeries(() => now);
    const [first, second] = [member(group, 1), member(group, 2)];
    first();
    second();
    now = 5_000;
    second();
    now = 6_000;
    assert.deepEqual(group.ages(), [
      { place: 0, seconds: 6 },
      { place: 1, seconds: 1 },
    ]);
    group.retire(1);
    member(group, 3)();
    assert.deepEqual(
      group.ages().map(({ place }) => place),
      [1, 0],
    );
  });

  test('does not mix buckets of different versions of a histogram', () => {
    const group = new GroupSeries();
    member(group, 1)(of(LATENCY, { '': [1, 0, 0.1] }));
    member(group, 2)(of({ ...LATENCY, bounds: [0.2, 0.5] }, { '': [1, 1, 1, 3] }));
    assert.deepEqual(valuesOf(group, 'latency_seconds'), { '': [1, 0, 0.1] });
  });
});
