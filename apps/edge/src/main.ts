import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { knowsDirective } from './nginx-probe.ts';
import { completeOptions } from './options.ts';
import { renderEdge } from './render.ts';
import { makeFolders, writeFiles } from './write-files.ts';

/** No browser sends half as many. */
const HEADER_FIELDS = 100;

const HELP = `Usage: node src/main.ts render --out DIR [--config FILE.json] [--nginx PATH]

Writes the nginx configuration of the edge into DIR, with the folders that nginx needs there.
Run it with: nginx -e stderr -p DIR -c nginx.conf -g 'daemon off;'

  --out DIR      where to; files of an earlier rendering are replaced
  --config FILE  options as JSON; without it they are read from the environment variable EDGE_CONFIG
  --nginx PATH   the nginx that will run; what it knows beyond its version (max_headers) is made use of
  --help         this text

The options are described in README.md. Only "upstreams" has no default:
  {"upstreams":{"auth":[{"host":"127.0.0.1","port":3001}],"courses":[…],"aiTutor":[…]}}`;

try {
  await run();
} catch (error) {
  console.error(`edge: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      config: { type: 'string' },
      nginx: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  if (positionals.length !== 1 || positionals[0] !== 'render' || values.out === undefined) {
    throw new Error(`expected: render --out DIR\n\n${HELP}`);
  }
  const options = completeOptions(await readOptions(values.config));
  if (values.nginx !== undefined && knowsDirective(values.nginx, `max_headers ${HEADER_FIELDS};`)) {
    options.limits.headerFields ??= HEADER_FIELDS;
  }
  await writeFiles(values.out, renderEdge(options));
  await makeFolders(values.out, options);
}

async function readOptions(path: string | undefined): Promise<unknown> {
  const text = path === undefined ? process.env['EDGE_CONFIG'] : await readFile(path, 'utf8');
  if (text === undefined) throw new Error('no options: give --config FILE or set EDGE_CONFIG');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${path ?? 'EDGE_CONFIG'} is not JSON: ${String(cause)}`, { cause });
  }
}
