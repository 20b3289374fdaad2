import { PRIORITIES } from '@ganitagya/resilience';
import { quantile, type Table } from '../../testing/kit.ts';
import type { Slice } from './arena.ts';
import { CONTESTANTS } from './contestants.ts';
import { LOADS, medianOf, type OverloadResult } from './overload.ts';
import { medianSpike } from './spike.ts';
import type { Summary } from './summary.ts';

/** The most good answers in time a second of anybody who was not asked too much, and the most work. */
export function peakOf(result: OverloadResult): { readonly goodput: number; readonly work: number } {
  const most = (figure: (slice: Summary) => number, first: number) =>
    Math.max(
      first,
      ...[...result.slices.keys()].flatMap((name) =>
        LOADS.filter((load) => load <= 1).map((load) => medianOf(result, name, load, figure)),
      ),
    );
  return {
    goodput: most(({ goodput }) => goodput, result.capacity.goodput),
    work: most(({ work }) => work, result.capacity.work),
  };
}

/** Everything, for people. */
export function overloadTables(result: OverloadResult): Table[] {
  return [goodputTable(result), priorityTable(result), spikeTable(result), barTable(result)];
}

function goodputTable(result: OverloadResult): Table {
  const peak = peakOf(result);
  const rows = LOADS.flatMap((load) =>
    [...result.slices.keys()].map((name) => {
      const of = (figure: (slice: Slice) => number) => medianOf(result, name, load, figure);
      return [
        `${load}x`,
        CONTESTANTS[name].title,
        whole(of(({ goodput }) => goodput)),
        percent(of(({ goodput }) => goodput) / peak.goodput),
        percent(of(({ work }) => work) / peak.work),
        whole(of(({ acceptedP50Ms }) => acceptedP50Ms)),
        whole(of(({ acceptedP99Ms }) => acceptedP99Ms)),
        whole(of(({ refused }) => refused)),
        whole(of(({ refusedP99Ms }) => refusedP99Ms)),
        whole(of(({ timeouts, failed }) => timeouts + failed)),
        of(({ amplification }) => amplification).toFixed(2),
        percent(of(({ busyShare }) => busyShare)),
        percent(of(({ othersShare }) => othersShare)),
      ];
    }),
  );
  return {
    title: 'Asked too much',
    columns: [
      'load',
      'guard',
      'in time/s',
      'to peak',
      'work to peak',
      'p50 ms',
      'p99 ms',
      'refused/s',
      'p99 ms',
      'timed out/s',
      'tries',
      'server',
      'others',
    ],
    rows,
    note:
      `1x is ${whole(result.capacity.perSecond)} requests a second, the peak ${whole(peak.goodput)} good answers a second. In time: good answers within 200 ms of when ` +
      'they should have been asked for; work weighs them by what they cost. Then the latencies of good answers, refusals and theirs, clients that ' +
      'gave up after 2 s, tries per first try, and the shares of its core that the server and others had.',
  };
}

function priorityTable(result: OverloadResult): Table {
  const rows = LOADS.flatMap((load) =>
    [...result.slices.keys()].map((name) => [
      `${load}x`,
      CONTESTANTS[name].title,
      ...PRIORITIES.map((priority) =>
        [
          share(medianOf(result, name, load, ({ answered }) => answered[priority])),
          share(medianOf(result, name, load, ({ inTime }) => inTime[priority])),
        ].join(' / '),
      ),
    ]),
  );
  return {
    title: 'Who is answered',
    columns: ['load', 'guard', ...PRIORITIES],
    rows,
    note: 'Of the first tries, how many percent got a good answer / in time.',
  };
}

function spikeTable(result: OverloadResult): Table {
  const rows = [...result.spikes].map(([name, results]) => {
    const { recoveryMs, amplification, timeouts } = medianSpike(results);
    return [
      CONTESTANTS[name].title,
      recoveryMs === Infinity ? 'not within 6 s' : `${(recoveryMs / 1_000).toFixed(2)} s`,
      amplification.toFixed(2),
      whole(timeouts),
    ];
  });
  return {
    title: 'After a spike',
    columns: ['guard', 'whole again after', 'tries', 'timed out'],
    rows,
    note: 'Five seconds of 5x, 0.8x before and after; whole is when 95 % of the first tries have good answers in time, for a second.',
  };
}

function barTable(result: OverloadResult): Table {
  const peak = peakOf(result);
  const ours = (load: number, figure: (slice: Slice) => number) => medianOf(result, 'ours', load, figure);
  const { recoveryMs } = medianSpike(result.spikes.get('ours') ?? []);
  const worst = (figure: (slice: Slice) => number) =>
    Math.max(...LOADS.map((load) => ours(load, figure) || 0));
  const bars: readonly (readonly [string, string, string, boolean])[] = [
    bar('goodput at 5x to peak', 0.9, ours(5, ({ goodput }) => goodput) / peak.goodput, percent, 'least'),
    bar('useful work at 5x to peak', 0.9, ours(5, ({ work }) => work) / peak.work, percent, 'least'),
    bar(
      'critical answered at 3x',
      0.999,
      ours(3, ({ answered }) => answered.critical),
      share,
      'least',
    ),
    bar(
      'refusals p99, worst load',
      100,
      worst(({ refusedP99Ms }) => refusedP99Ms),
      ms,
      'most',
    ),
    bar('recovery after the spike', 5_000, recoveryMs, ms, 'most'),
    bar(
      'tries per first try, worst load',
      1.1,
      worst(({ amplification }) => amplification),
      (x) => x.toFixed(3),
      'most',
    ),
  ];
  return {
    title: 'Bars, ours',
    columns: ['what', 'wanted', 'measured', 'met'],
    rows: bars.map(([what, wanted, measured, isMet]) => [what, wanted, measured, isMet ? 'yes' : 'no']),
  };
}

function bar(
  what: string,
  wanted: number,
  measured: number,
  format: (value: number) => string,
  side: 'least' | 'most',
): readonly [string, string, string, boolean] {
  const isMet = side === 'least' ? measured >= wanted : measured <= wanted;
  return [what, `at ${side} ${format(wanted)}`, format(measured), isMet];
}

/** How late the load was sent, at the worst slice of all. */
export function lateness({ slices }: OverloadResult): number {
  const late = [...slices.values()].flatMap((byLoad) =>
    [...byLoad.values()].flat().map(({ lateP99Ms }) => lateP99Ms),
  );
  return quantile(late, 1);
}

function whole(value: number): string {
  return Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en');
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

/** In percent, so exact that 99.9 can be told from 100. */
function share(value: number): string {
  return (Math.floor(value * 1_000) / 10).toFixed(1);
}

function ms(value: number): string {
  return `${whole(value)} ms`;
}
