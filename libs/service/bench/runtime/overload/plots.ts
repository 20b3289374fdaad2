import { drawPlot, type Series } from '../plot.ts';
import type { Slice } from './arena.ts';
import { CONTESTANTS } from './contestants.ts';
import { LOADS, medianOf, type OverloadResult } from './overload.ts';
import { peakOf } from './tables.ts';

const SHARES = [0, 20, 40, 60, 80, 100];

/** The plots by the name of their file. */
export function overloadPlots(result: OverloadResult): Readonly<Record<string, string>> {
  const top = Math.ceil((1.3 * peakOf(result).goodput) / 100) * 100;
  const byLoad = { x: 'offered load, times the capacity', xTicks: [1, 2, 3, 4, 5] };
  return {
    'real-goodput.svg': drawPlot({
      ...byLoad,
      title: 'Good answers within 200 ms, a second',
      y: 'answers a second',
      yMax: top,
      yTicks: [0, 0.25, 0.5, 0.75, 1].map((part) => part * top),
      series: lines(result, ({ goodput }) => goodput),
    }),
    'real-critical.svg': drawPlot({
      ...byLoad,
      title: 'Sign-ins and answers to exercises that were served within 200 ms',
      y: 'percent',
      yMax: 100,
      yTicks: SHARES,
      series: lines(result, ({ inTime }) => 100 * inTime.critical),
    }),
    'real-spike.svg': drawPlot({
      title: 'Five seconds of five times the capacity',
      x: 'seconds since the spike began',
      y: 'percent answered within 200 ms',
      yMax: 100,
      xTicks: [0, 2, 4, 6, 8, 10, 12],
      yTicks: SHARES,
      series: [...result.spikes].map(([name, [first]]) => ({
        name: CONTESTANTS[name].title,
        isOurs: name === 'ours',
        points: (first?.timeline ?? []).map(({ atMs, inTime }) => [atMs / 1_000, 100 * inTime] as const),
      })),
    }),
  };
}

function lines(result: OverloadResult, figure: (slice: Slice) => number): Series[] {
  return [...result.slices.keys()].map((name) => ({
    name: CONTESTANTS[name].title,
    isOurs: name === 'ours',
    points: LOADS.map((load) => [load, medianOf(result, name, load, figure)] as const),
  }));
}
