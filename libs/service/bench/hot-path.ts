// What the defaults of a service cost on its hottest path; `--help` tells the parts and options.
import { writeFile } from 'node:fs/promises';
import { hasOwnCores, moveToLoadCore } from './cores.ts';
import { defaults } from './defaults.ts';
import type { ContestOptions } from './measure/contest.ts';
import { HELP, parseCommandLine, type Part } from './options.ts';
import { route } from './route.ts';
import { toMarkdown, watchMachine, writeFigures, type MachineState, type Table } from './testing/kit.ts';
import { startWorld, type World } from './testing/world.ts';

const README = new URL('./README.md', import.meta.url);

const PARTS: Readonly<Record<Part, (world: World, options: ContestOptions) => Promise<Table[]>>> = {
  route,
  defaults,
};

const { isHelp, isForReadme, parts, json, ...options } = parseCommandLine(process.argv.slice(2));
if (isHelp) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const before = await watchMachine();
  const tables: Table[] = [];
  const world = await startWorld();
  moveToLoadCore();
  try {
    for (const part of parts) {
      for (const table of await PARTS[part](world, options)) {
        tables.push(table);
        console.log(`${toMarkdown(table)}\n`);
      }
    }
  } finally {
    await world.stop();
  }
  const after = await watchMachine();
  const machine = describe(before, after);
  console.log(machine);
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify({ before, after, hasOwnCores, options, tables }, null, 2)}\n`);
  }
  if (isForReadme) await writeFigures(README, [machine, ...tables.map(toMarkdown)].join('\n\n'));
}

function describe(before: MachineState, after: MachineState): string {
  return [
    `Medians of ${options.rounds} slices of ${options.sliceMs / 1_000} s in turns, ${options.connections} connections, Node`,
    `${process.versions.node},`,
    hasOwnCores
      ? 'servers on one core and the load on another'
      : 'servers and load on whatever core was free',
    `of ${before.cores}, of which others used ${spoken(before)} before and ${spoken(after)} after.`,
  ].join(' ');
}

function spoken({ busyCores, load }: MachineState): string {
  return `${busyCores.toFixed(1)} (load ${load.toFixed(1)})`;
}
