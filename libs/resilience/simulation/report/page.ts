import type { Summary } from '../answers.ts';
import { isMet, type Bar } from '../bars.ts';

interface Runs {
  readonly name: string;
  readonly runs: readonly { readonly load: number; readonly summary: Summary }[];
}

interface JudgedBar {
  readonly bar: Bar;
  /** Measured of everybody, in the order of the field. */
  readonly values: readonly number[];
}

/** The page of docs/overload. */
export function toPage(field: readonly Runs[], bars: readonly JudgedBar[]): string {
  return `# Overload, simulated

Written by \`node libs/resilience/simulation/report/main.ts\`; nothing here depends on the machine. One event loop, a pool
of four threads, a database and clients that try again, by seed. The traffic is that of an evening: lessons from memory
(0.5 ms of computing) and from the database (2.5 ms), answers, searches (4 ms), sign-ins that hash for 70 ms on a thread,
questions to a model that takes 700 ms to begin and streams for 20 s. 1 is what the loop can do: 412 requests a second. A
refusal costs 0.02 ms of computing; a real one takes 0.018. An answer in time is one within 200 ms (sign-in 500 ms, a model's
first word 2 s).

![useful work by load](work.svg)

![critical requests by load](critical.svg)

![useful work in and after a spike](spike.svg)

## By load

Useful work is computing that ends in an answer in time, of the whole processor. The other shares are of all tries of that
priority, in time. Clients of this table do as they are told and repeat at most a tenth.

${table(
  [
    'who',
    'load',
    'useful work',
    'critical',
    'reading',
    'browsing',
    'background',
    'answers p50, p99',
    'refusals p99',
  ],
  field.flatMap(({ name, runs }) => runs.map((run) => [name, ...rowOf(run)])),
)}

## What CI holds it to

In bold what misses the bar.

${table(
  ['promise', 'bar', ...field.map(({ name }) => name)],
  bars.map(({ bar, values }) => [bar.name, boundOf(bar), ...values.map((value) => verdictOf(bar, value))]),
)}

Admissions with a planted mistake (deaf to the loop, blind to priorities, leaking slots, too patient and so on) miss
these bars, which is tested too.
`;
}

function rowOf({ load, summary }: Runs['runs'][number]): string[] {
  const { usefulMs, served, okMs, refusalMs, refused } = summary;
  const shares = (['critical', 'reading', 'browsing', 'background'] as const).map((priority) =>
    percent(served(priority)),
  );
  const answers = okMs(0.5) === 0 ? 'none' : `${ms(okMs(0.5))}, ${ms(okMs(0.99))}`;
  return [
    `${load}`,
    percent(usefulMs / 1_000),
    ...shares,
    answers,
    refused === 0 ? 'none' : ms(refusalMs(0.99)),
  ];
}

function boundOf({ atLeast, atMost }: Bar): string {
  return atLeast === undefined ? `at most ${atMost ?? ''}` : `at least ${atLeast}`;
}

/** What was measured; in bold where the bar is missed. */
function verdictOf(bar: Bar, value: number): string {
  const rounded = `${Math.round(value * 1_000) / 1_000}`;
  return isMet(bar, value) ? rounded : `**${rounded}**`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
