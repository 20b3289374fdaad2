// What users notice when a service is asked too much, or what it needs ends; `--help` tells the parts and options.
import { mkdir, writeFile } from 'node:fs/promises';
import { hasOwnCores, moveToLoadCore } from '../cores.ts';
import { runScript } from './run-script.ts';
import { installRivals } from './overload/install-rivals.ts';
import { HELP, parseCommandLine, type CommandLine, type Part } from './options.ts';
import { overload } from './overload/overload.ts';
import { overloadPlots } from './overload/plots.ts';
import { lateness, overloadTables } from './overload/tables.ts';
import { outages } from './outages/outages.ts';
import { toMarkdown, watchMachine, writeFigures, type MachineState, type Table } from '../testing/kit.ts';

const README = new URL('./README.md', import.meta.url);
const PLOTS = new URL('../../../../docs/overload/', import.meta.url);

/** What a part found; nothing when it prints for itself. */
interface Findings {
  readonly tables: readonly Table[];
  readonly plots: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const PARTS: Readonly<Record<Part, (options: CommandLine) => Promise<Findings | undefined>>> = {
  async overload(options) {
    await installRivals(say);
    const result = await overload(options, say);
    return {
      tables: overloadTables(result),
      plots: overloadPlots(result),
      notes: [`The load was sent ${lateness(result).toFixed(1)} ms late at p99 of the worst slice.`],
    };
  },
  async outages({ only }) {
    return { tables: await outages(only, say), plots: {}, notes: [] };
  },
  async processes() {
    await runScript(new URL('../processes.ts', import.meta.url));
    return undefined;
  },
  async cost() {
    await runScript(new URL('../hot-path.ts', import.meta.url), '--rounds', '6');
    await runScript(new URL('../../../resilience/bench/policies.ts', import.meta.url));
    return undefined;
  },
};

const options = parseCommandLine(process.argv.slice(2));
if (options.isHelp) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const before = await watchMachine();
  moveToLoadCore();
  const found: Findings[] = [];
  for (const part of options.parts) {
    const findings = await PARTS[part](options);
    if (findings === undefined) continue;
    found.push(findings);
    for (const table of findings.tables) console.log(`${toMarkdown(table)}\n`);
  }
  const after = await watchMachine();
  const machine = [describe(before, after), ...found.flatMap(({ notes }) => notes)].join(' ');
  const tables = found.flatMap((findings) => findings.tables);
  console.log(machine);
  if (options.json !== undefined) {
    await writeFile(
      options.json,
      `${JSON.stringify({ before, after, hasOwnCores, options, tables }, null, 2)}\n`,
    );
  }
  if (options.isForReadme) {
    await writeFigures(README, [machine, ...tables.map(toMarkdown)].join('\n\n'));
    await mkdir(PLOTS, { recursive: true });
    for (const [name, svg] of found.flatMap(({ plots }) => Object.entries(plots))) {
      await writeFile(new URL(name, PLOTS), svg);
    }
  }
}

function say(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}

function describe(before: MachineState, after: MachineState): string {
  return [
    `Medians of ${options.rounds} slices of ${options.sliceMs / 1_000} s in turns, Node ${process.versions.node},`,
    hasOwnCores
      ? 'server on one core, load and databases on the other'
      : 'everything on whatever core was free',
    `of ${before.cores}, of which others used ${spoken(before)} before and ${spoken(after)} after.`,
  ].join(' ');
}

function spoken({ busyCores, load }: MachineState): string {
  return `${busyCores.toFixed(1)} (load ${load.toFixed(1)})`;
}
