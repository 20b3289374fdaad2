/**
 * What users notice while hosts die, freeze, lag or are asked for too much, in one table:
 * `node libs/database/bench/faults.ts [names] [--seconds n] [--json file]`; `--help` names them.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { startLab } from '../src/faults/lab.ts';
import { runScenario, type ScenarioReport } from '../src/faults/run-scenario.ts';
import { SCENARIOS } from '../src/faults/scenarios/scenarios.ts';
import { linesOf, tableOf } from '../src/faults/table.ts';

const SECONDS = 10;
const SECONDS_MAX = 600;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: String(SECONDS) },
    json: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help());
else process.exitCode = await run();

async function run(): Promise<number> {
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= SECONDS_MAX)) return refuse(`--seconds must be 1 to ${SECONDS_MAX}`);
  const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) return refuse(`no such scenario: ${unknown.join(', ')}`);
  const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const options = Object.fromEntries(values.set.map(settingOf));
  if (Object.values(options).some(Number.isNaN)) return refuse('--set takes name=number');

  console.log('starting a primary and two replicas');
  const lab = await startLab();
  const reports: ScenarioReport[] = [];
  try {
    for (const scenario of chosen) {
      console.log(`\n${scenario.name}: ${scenario.hypothesis}`);
      const start = performance.now();
      const log = (what: string) =>
        console.log(`  ${((performance.now() - start) / 1_000).toFixed(1)} s ${what}`);
      const report = await runScenario(scenario, lab, { holdMs: seconds * 1_000, options, log });
      for (const line of linesOf(report)) console.log(`  ${line}`);
      reports.push(report);
    }
  } finally {
    await lab.stop();
  }
  console.log(`\n${tableOf(reports)}`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reports, undefined, 2)}\n`);
  return reports.every(({ bars }) => bars.every(({ isMet }) => isMet)) ? 0 : 1;
}

function settingOf(setting: string): [name: string, value: number] {
  const [name = '', value = ''] = setting.split('=');
  return [name, Number.parseFloat(value)];
}

function refuse(message: string): number {
  console.error(`${message}\n\n${help()}`);
  return 2;
}

function help(): string {
  return `node libs/database/bench/faults.ts [names] [options]

Runs faults against a primary and two replicas of its own, under a steady load of reads and writes, and prints
what the callers saw: failures, latencies, who answered, the time until all was well again, acknowledged writes lost.
Ends with 1 when a bar is not met. Times in ms.

  names             scenarios to run; all of them without names
  --seconds n       how long it runs before, during and after each fault (${SECONDS})
  --json file       also writes all figures there
  --set name=n      sets a number of the database's options in every scenario, to see a bar fail

${SCENARIOS.map(({ name, hypothesis }) => `  ${name.padEnd(20)}${hypothesis}`).join('\n')}`;
}
