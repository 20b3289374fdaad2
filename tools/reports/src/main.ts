import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatReport } from './output/format-report.ts';
import { createReport } from './report.ts';
import { runningTargets } from './targets.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RUN_FILE = resolve(ROOT, process.env['GANITAGYA_STATE'] || '.local', 'run.json');

const HELP = `Usage: npm run db:report -- [options]

Slow statements, index use, connections and replication of the platform that npm start runs
(GANITAGYA_STATE is its --state).

  --url URL          another primary, by connection string (a role with pg_monitor)
  --replica-url URL  a replica of it; may be given several times
  --limit N          how many statements to show (20)
  --json             as JSON
  --help             this text`;

try {
  await run();
} catch (error) {
  console.error(`db:report: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      'replica-url': { type: 'string', multiple: true, default: [] },
      limit: { type: 'string', default: '20' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new Error('--limit is a number from 1 to 1000');
  const targets =
    values.url === undefined
      ? runningTargets(RUN_FILE)
      : { primary: values.url, replicas: values['replica-url'] };
  for (const url of [targets.primary, ...targets.replicas]) {
    if (!URL.canParse(url))
      throw new Error('a connection string looks like postgres://user:password@host:5432/database');
  }
  const report = await createReport(targets, limit);
  console.log(values.json === true ? JSON.stringify(report, undefined, 2) : formatReport(report));
}
