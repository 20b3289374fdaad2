import { parseArgs } from 'node:util';
import { contestants, refusers, type Contestant } from './contestants.ts';
import { median, toMarkdown, watchMachine, writeFigures, type Table } from './testing/kit.ts';

const HELP = `What a call costs under policies, beside others who offer them.

  node libs/resilience/bench/policies.ts [options]

  --rounds <n>   interleaved rounds, the medians of which are printed; 15
  --calls <n>    calls of each in a round; 20,000
  --readme       write the figures into the README beside it
  --help
`;
const README = new URL('./README.md', import.meta.url);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    calls: { type: 'string', default: '20000' },
    readme: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await main(atLeastOne('rounds', values.rounds), atLeastOne('calls', values.calls));

async function main(rounds: number, calls: number): Promise<void> {
  const { load, busyCores, cores } = await watchMachine();
  const answer = () => Promise.resolve(1);
  const tables = [
    await contest('A call that succeeds', contestants(), rounds, calls, answer),
    await contest('A call that an open circuit refuses', await refusers(), rounds, calls, answer),
  ];
  const note =
    `Medians of ${rounds} rounds in turns, ${calls} calls one after the other each, Node ${process.versions.node}; ` +
    `of ${cores} cores others used ${busyCores.toFixed(1)} before (load ${load.toFixed(1)}).`;
  const figures = [...tables.map(toMarkdown), note].join('\n\n');
  process.stdout.write(`${figures}\n`);
  if (values.readme) await writeFigures(README, figures);
}

async function contest(
  title: string,
  field: readonly Contestant[],
  rounds: number,
  calls: number,
  work: () => Promise<number>,
): Promise<Table> {
  const costs = new Map(field.map((contestant) => [contestant, [] as number[]]));
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [contestant, nanoseconds] of costs) {
      const cost = await nanosecondsPerCall(contestant, calls, work);
      if (round > 0) nanoseconds.push(cost);
    }
  }
  const rows = [...costs].map(([{ name }, nanoseconds]) => [name, Math.round(median(nanoseconds))]);
  return { title, columns: ['who', 'ns of CPU a call'], rows };
}

async function nanosecondsPerCall(
  { run }: Contestant,
  calls: number,
  work: () => Promise<number>,
): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i += 1) await run(work).catch(() => undefined);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / calls;
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} must be a whole number from 1, not ${text}\n`);
  process.exit(2);
}
