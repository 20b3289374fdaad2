// What users notice when processes end, freeze, leak or are replaced. Run it on a quiet machine; about two minutes.
//   node libs/service/bench/processes.ts [--json <file>] [drill...]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Finding } from './processes/drill.ts';
import { drills, seconds } from './processes/drills.ts';
import { toMarkdown, watchMachine, type Table } from './testing/kit.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const unknown = positionals.find((name) => !(name in drills));
if (unknown !== undefined) {
  throw new RangeError(`no drill is called ${unknown}; there are ${Object.keys(drills).join(', ')}`);
}

const before = await watchMachine();
const findings: Finding[] = [];
for (const [name, drill] of Object.entries(drills)) {
  if (positionals.length === 0 || positionals.includes(name)) findings.push(await drill());
}
const after = await watchMachine();

console.log(toMarkdown(tableOf(findings)));
console.log(
  `\nTwo workers, 480 requests a second over 50 kept connections and 20 over new ones, none asked twice; Node ` +
    `${process.versions.node}, ${before.cores} cores, of which others used ${before.busyCores.toFixed(1)} before and ` +
    `${after.busyCores.toFixed(1)} after.`,
);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ before, after, findings }, null, 2)}\n`);
}

function tableOf(found: readonly Finding[]): Table {
  return {
    title: 'Processes',
    columns: [
      'what happens',
      'asked',
      'failed',
      'refused',
      'last failure',
      'whole again',
      'p99',
      'max',
      'what came of it',
    ],
    rows: found.map(({ drill, load, faultAt, steadyAfterMs, found: what }) => [
      drill,
      ...(load === undefined
        ? ['', '', '', '', seconds(steadyAfterMs), '', '']
        : [
            String(load.asked),
            load.failed === 0 ? '0' : `${load.failed} (${faults(load.faults)})`,
            String(load.refused),
            load.failedTo === undefined ? '' : seconds(load.failedTo - faultAt),
            seconds(steadyAfterMs),
            `${load.p99Ms.toFixed(0)} ms`,
            `${load.maxMs.toFixed(0)} ms`,
          ]),
      what,
    ]),
  };
}

function faults(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([fault, count]) => `${count} ${fault}`)
    .join(', ');
}
