// What routing costs and what it brings; `--help` tells the parts and options.
import { writeFile } from 'node:fs/promises';

import { capacity } from './capacity.ts';
import { HELP, parseCommandLine, type BenchOptions, type Part } from './options.ts';
import { overhead } from './overhead.ts';
import { behaviour } from './rivals/behaviour.ts';
import { throughput } from './rivals/throughput.ts';
import { skew } from './skew.ts';
import { toMarkdown, watchMachine, writeFigures, type MachineState, type Table } from './testing/kit.ts';

const README = new URL('./README.md', import.meta.url);

const PARTS: Readonly<Record<Part, (options: BenchOptions) => Promise<Table[]>>> = {
  overhead,
  capacity,
  skew,
  rivals: throughput,
  behaviour,
};

const { isHelp, isForReadme, parts, json, ...options } = parseCommandLine(process.argv.slice(2));
if (isHelp) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const before = await watchMachine();
  const tables: Table[] = [];
  for (const part of parts) {
    for (const table of await PARTS[part](options)) {
      tables.push(table);
      console.log(`${toMarkdown(table)}\n`);
    }
  }
  const after = await watchMachine();
  const machine = describe(before, after);
  console.log(machine);
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify({ before, after, options, tables }, null, 2)}\n`);
  }
  if (isForReadme) await writeFigures(README, [machine, ...tables.map(toMarkdown)].join('\n\n'));
}

function describe(before: MachineState, after: MachineState): string {
  return [
    `Medians of ${options.rounds} slices of ${options.sliceMs / 1_000} s in turns, on loopback, Postgres 18, Node`,
    `${process.versions.node}, ${before.cores} cores, of which others used ${spoken(before)} before and`,
    `${spoken(after)} after.`,
  ].join(' ');
}

function spoken({ busyCores, load }: MachineState): string {
  return `${busyCores.toFixed(1)} (load ${load.toFixed(1)})`;
}
