import { mkdirSync, writeFileSync } from 'node:fs';
import { BARS } from '../bars.ts';
import { RUDE } from '../client.ts';
import { STEP, steady, step, stepped } from '../scenarios.ts';
import { toSvg } from './chart.ts';
import { FIELD } from './field.ts';
import { toPage } from './page.ts';

/** Simulates and writes docs/overload: node libs/resilience/simulation/report/main.ts, a minute. */
const FOLDER = new URL('../../../../docs/overload/', import.meta.url);
const CURVE = [0.25, 0.5, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5];
const TABLE = [0.8, 1, 2, 3, 5];

const curves = FIELD.map(({ name, gate }) => ({
  name,
  runs: CURVE.map((load) => ({ load, summary: steady(gate, load) })),
}));
const ofCurves = (measure: (summary: ReturnType<typeof steady>) => number) =>
  curves.map(({ name, runs }) => ({
    name,
    points: runs.map(({ load, summary }) => [load, measure(summary)] as const),
  }));
const BIN_MS = 500;
const spikes = FIELD.map(({ name, gate }) => {
  const answers = stepped(gate, { load: step(0.8, 5), manners: RUDE });
  const bins = Math.floor((STEP.endMs - STEP.fromMs / 2) / BIN_MS);
  const points = Array.from({ length: bins }, (_, bin) => {
    const from = STEP.fromMs / 2 + bin * BIN_MS;
    return [from / 1_000, Math.min(120, answers.between(from, from + BIN_MS).usefulMs / 10)] as const;
  });
  return { name, points };
});

const LOADS = { xLabel: 'load, as a multiple of what the loop can do', xTicks: [0, 1, 2, 3, 4, 5] };
const SHARES = [0, 20, 40, 60, 80, 100];
const pictures = {
  'work.svg': toSvg({
    title: 'Computing that ends in an answer within 200 ms',
    yLabel: '% of the processor',
    yTicks: SHARES,
    lines: ofCurves(({ usefulMs }) => usefulMs / 10),
    ...LOADS,
  }),
  'critical.svg': toSvg({
    title: 'Critical requests answered in time',
    yLabel: '% of all that were sent',
    yTicks: SHARES,
    lines: ofCurves(({ served }) => 100 * served('critical')),
    ...LOADS,
  }),
  'spike.svg': toSvg({
    title: 'Ten seconds of 5 times the capacity, clients try again at once, twice',
    xLabel: 'seconds; the spike is from 10 to 20',
    xTicks: [5, 10, 15, 20, 25, 30, 35],
    yLabel: '% of the processor, useful',
    yTicks: [...SHARES, 120],
    lines: spikes,
  }),
};

mkdirSync(FOLDER, { recursive: true });
for (const [name, picture] of Object.entries(pictures)) writeFileSync(new URL(name, FOLDER), picture);
const tables = curves.map(({ name, runs }) => ({
  name,
  runs: runs.filter(({ load }) => TABLE.includes(load)),
}));
const bars = Object.values(BARS).map((bar) => ({ bar, values: FIELD.map(({ gate }) => bar.measure(gate)) }));
const page = toPage(tables, bars);
writeFileSync(new URL('README.md', FOLDER), page);
process.stdout.write(page);
