import { parseArgs } from 'node:util';
import { buildStaticSite } from './static-site.ts';

const HELP = `Usage: node src/build-static.ts --out DIR

Builds the folder that the edge serves files from: the landing page, static/ (KaTeX, styles; compressed beforehand)
and an empty media/. Give DIR to the edge as "staticRoot". static/manifest.json lists the public paths.`;

try {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) console.log(HELP);
  else if (values.out === undefined) throw new Error(`expected: --out DIR\n\n${HELP}`);
  else await buildStaticSite(values.out);
} catch (error) {
  console.error(`build-static: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
