// What users notice when a service is asked too much, or what it needs ends; `--help` tells the parts and options.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { hasOwnCores, moveToLoadCore } from '../cores.ts';
import { runScript } from './run-script.ts';
import { installRivals } from './overload/install-rivals.ts';
import { HELP, parseCommandLine, type CommandLine, type Part } from './options.ts';
import { overload } from './overload/overload.ts';
import { overloadPlots } from './overload/plots.ts';
import { lateness, overloadTables } from './overload/tables.ts';
import { outages } from './outages/outages.ts';
import { toMarkdown, watchMachine, writeFigures, type MachineState, type Table } from '../testing/kit.ts';

const PLOTS = new URL('../../../../docs/overload/', import.meta.url);

/** What a part found; nothing when it prints for itself. */
interface Findings {
  /** Where they are written down. */
  readonly readme: URL;
  readonly tables: readonly Table[];
  readonly plots: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const PARTS: Readonly<Record<Part, (options: CommandLine) => Promise<Findings | undefined>>> = {
  async overload(options) {
    await installRivals(say);
    const result = await overload(options, say);
    return {
      readme: new URL('./overload/README.md', import.meta.url),
      tables: overloadTables(result),
      plots: overloadPlots(result),
      notes: [
        `Medians of ${options.rounds} slices of ${options.sliceMs / 1_000} s in turns.`,
        `The load was sent ${lateness(result).toFixed(1)} ms late at p99 of the worst slice.`,
      ],
    };
  },
  async outages({ only }) {
    return {
      readme: new URL('./outages/README.md', import.meta.url),
      tables: await outages(only, say),
      plots: {},
      notes: [],
    };
  },
  async processes() {
    await runScript(new URL('../processes.ts', import.meta.url));
    return undefined;
  },
  async metrics() {
    await runScript(new URL('../metrics-truth.ts', import.meta.url));
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
  moveToLoadCore();
  const all: object[] = [];
  for (const part of options.parts) {
    const before = await watchMachine();
    const findings = await PARTS[part](options);
    if (findings === undefined) continue;
    const after = await watchMachine();
    const { readme, tables, plots, notes } = findings;
    const figures = [[...notes, describe(before, after)].join(' '), ...tables.map(toMarkdown)].join('\n\n');
    console.log(`${figures}\n`);
    all.push({ part, before, after, hasOwnCores, options, tables });
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
    if (options.isForReadme) {
      await writeFigures(readme, figures);
      await mkdir(PLOTS, { recursive: true });
      for (const [name, svg] of Object.entries(plots)) await writeFile(new URL(name, PLOTS), svg);
    }
  }
}

function say(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}

function describe(before: MachineState, after: MachineState): string {
  return [
    `Node ${process.versions.node},`,
    hasOwnCores
      ? 'servers on one core, load and databases on the other'
      : 'everything on whatever core was free',
    `of ${cpus().length}, of which others used ${spoken(before)} before and ${spoken(after)} after.`,
  ].join(' ');
}

/** This process may use one core only, and would tell of that one alone. */
function spoken({ busyCores, cores, load }: MachineState): string {
  return `${((busyCores / cores) * cpus().length).toFixed(1)} (load ${load.toFixed(1)})`;
}
