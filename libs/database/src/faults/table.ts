import type { Totals } from './figures.ts';
import type { ScenarioReport } from './run-scenario.ts';

const HEAD = [
  'scenario',
  'failed reads',
  'failed writes',
  'p50/p99 before',
  'during',
  'after',
  'steady',
  'after heal',
  'shares before',
  'during',
  'after',
  'lost/acknowledged',
  'bars',
];

/** One table of all outcomes; times in ms. */
export function tableOf(reports: readonly ScenarioReport[]): string {
  const rows = reports.map(({ name, figures, bars }) => [
    name,
    failedOf(figures.reads) + (figures.slow.count > 0 ? `, slow ${failedOf(figures.slow)}` : ''),
    failedOf(figures.writes),
    timesOf(figures.before),
    timesOf(figures.during),
    timesOf(figures.after),
    String(figures.steadyMs),
    String(figures.steadyAfterHealMs),
    sharesText(figures.before),
    sharesText(figures.during),
    sharesText(figures.after),
    `${figures.lost}/${figures.writes.count - figures.writes.failed}`,
    `${bars.filter(({ isMet }) => isMet).length}/${bars.length}`,
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [HEAD, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One outcome in a few lines: what the load saw, and each bar. */
export function linesOf({ figures, bars }: ScenarioReport): string[] {
  const { before, during, after, reads, writes, slow, writesWhileSlow } = figures;
  return [
    `failed: reads ${failedOf(reads)}, writes ${failedOf(writes)}, slow reads ${failedOf(slow)} ${JSON.stringify(figures.outcomes)}`,
    `p50/p99: before ${timesOf(before)}, during ${timesOf(during)}, after ${timesOf(after)}; steady ${figures.steadyMs} ms after the fault, ${figures.steadyAfterHealMs} ms after its end`,
    `shares: before ${sharesText(before)}, during ${sharesText(during)}, after ${sharesText(after)}`,
    ...(writesWhileSlow.count > 0
      ? [`writes beside slow reads: ${failedOf(writesWhileSlow)} failed, p50/p99 ${timesOf(writesWhileSlow)}`]
      : []),
    ...bars.map(({ what, isMet, seen }) => `${isMet ? 'met' : 'NOT MET'}: ${what}: ${seen}`),
  ];
}

function failedOf({ failed, count }: Totals): string {
  return `${failed}/${count}`;
}

function timesOf({ p50Ms, p99Ms }: Totals): string {
  return `${p50Ms.toFixed(1)}/${p99Ms.toFixed(0)}`;
}

function sharesText({ shares }: Totals): string {
  const parts = Object.entries(shares).map(([host, share]) => `${host} ${(100 * share).toFixed(0)}%`);
  return parts.join(' ') || '-';
}
