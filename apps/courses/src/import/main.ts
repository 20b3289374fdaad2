import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importFolder } from './import-folder.ts';

/**
 * `node src/import/main.ts [--check] [DIR]`: makes the imported courses those of the content folder. Prints every
 * fault as `path:line: message` and writes nothing while there is one; `--check` only checks.
 */
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
process.exitCode = await importFolder({
  root: resolve(positionals[0] ?? join(import.meta.dirname, '../../../../content')),
  isCheckOnly: values.check,
  env: process.env,
  tell: (line) => process.stdout.write(`${line}\n`),
});
