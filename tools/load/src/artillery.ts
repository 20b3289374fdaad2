import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport } from './report/artillery-report.ts';
import { formatResults } from './report/format-results.ts';
import { routeResults } from './report/route-results.ts';
import { judge } from './report/verdict.ts';
import { installArtillery } from './run/install-artillery.ts';
import { HELP, readOptions, type RunOptions } from './run/options.ts';
import { otherCpuPercent, sampleCpu } from './run/other-cpu.ts';
import { runProgram } from './run/run-program.ts';
import { runningPlatform } from './run/running-platform.ts';
import { prepareScenario } from './run/scenario.ts';
import { prepareUsers, repository } from './run/users.ts';

const GOALS = { rightSharePercent: 99, p95Ms: 200 };
/** Above this the machine was busy with other things, and times say little about the platform. */
const OTHER_CPU_PERCENT_MAX = 30;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(HELP);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(`load:artillery: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

/** Whether the run passed. */
async function run(options: RunOptions): Promise<boolean> {
  const { target, scale } = options;
  await requireAnswer(target);
  const local = join(repository, '.local');
  mkdirSync(local, { recursive: true });
  const platform = runningPlatform(join(local, 'run.json'));
  const folder = mkdtempSync(join(local, 'load-'));
  try {
    const reportFile = join(folder, 'report.json');
    await prepareUsers(join(folder, 'users.csv'), options, platform);
    const program = await installArtillery(join(local, 'tools/artillery'), console.log);
    const scenario = prepareScenario(folder, scale);
    const before = sampleCpu(platform === undefined ? [] : [platform.pid]);
    const code = await runProgram(
      process.execPath,
      [program, 'run', '--quiet', '--target', target.origin, '--output', reportFile, scenario],
      { env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' } },
    );
    const after = sampleCpu(platform === undefined ? [] : [platform.pid]);
    if (code !== 0) throw new Error(`Artillery ended with exit code ${code}`);
    const results = routeResults(parseReport(JSON.parse(readFileSync(reportFile, 'utf8'))));
    console.log(`\n${formatResults(results)}\n`);
    if (before !== undefined && after !== undefined) tellOtherCpu(otherCpuPercent(before, after));
    const faults = judge(results, GOALS);
    console.log(
      faults.length === 0 ? 'Passed.' : `Failed:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    return faults.length === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function requireAnswer(target: URL): Promise<void> {
  try {
    await fetch(new URL('/api/courses', target), { signal: AbortSignal.timeout(10_000) });
  } catch (cause) {
    throw new Error(`Nothing answers at ${target.origin}: run npm start first`, { cause });
  }
}

function tellOtherCpu(percent: number): void {
  const warning = percent > OTHER_CPU_PERCENT_MAX ? ': too much for the times to mean anything' : '';
  console.log(`Other programs used ${percent.toFixed(0)} % of a core${warning}.`);
}
