// This cache beside others; `--help` tells the parts and options.
import { writeFile } from 'node:fs/promises';

import { batch } from './batch.ts';
import { installRivals } from './install-rivals.ts';
import { invalidation } from './invalidation/invalidation.ts';
import { once } from './once.ts';
import { HELP, parseCommandLine, type BenchOptions, type Part } from './options.ts';
import { outage } from './outage.ts';
import { race } from './race.ts';
import { speed } from './speed/speed.ts';
import { toMarkdown, watchMachine, writeFigures, type MachineState, type Table } from './testing/kit.ts';

const README = new URL('./README.md', import.meta.url);

const PARTS: Readonly<Record<Part, (options: BenchOptions) => Promise<Table[]>>> = {
  speed,
  batch,
  outage,
  once,
  race,
  invalidation,
};

const { isHelp, isForReadme, parts, json, ...options } = parseCommandLine(process.argv.slice(2));
if (isHelp) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const start = performance.now();
  await installRivals(say(start, 'rivals'));
  const before = await watchMachine();
  const tables: Table[] = [];
  for (const part of parts) {
    for (const table of await PARTS[part]({ ...options, say: say(start, part) })) {
      tables.push(table);
      console.log(`${toMarkdown(table)}\n`);
    }
  }
  const after = await watchMachine();
  const machine = describe(before, after, (performance.now() - start) / 1_000);
  console.log(machine);
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify({ before, after, options, tables }, null, 2)}\n`);
  }
  if (isForReadme) await writeFigures(README, [machine, ...tables.map(toMarkdown)].join('\n\n'));
}

/** Progress goes to stderr, so that the tables can be piped. */
function say(start: number, part: string): (text: string) => void {
  return (text) =>
    void process.stderr.write(`[${((performance.now() - start) / 1_000).toFixed(0)} s] ${part}: ${text}\n`);
}

function describe(before: MachineState, after: MachineState, seconds: number): string {
  return [
    `Medians of ${options.rounds} rounds in turns, on loopback, Redis and contestants on ${before.cores} shared`,
    `cores, Node ${process.versions.node}. Others used ${spoken(before)} of them before and ${spoken(after)} after;`,
    `all took ${seconds.toFixed(0)} s.`,
  ].join(' ');
}

function spoken({ busyCores, load }: MachineState): string {
  return `${busyCores.toFixed(1)} (load ${load.toFixed(1)})`;
}
