import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The version in the package.json of the program that runs; a worker reads what is there when it starts. */
export function serviceVersion(program = process.argv[1]): string {
  const file = program === undefined ? undefined : findPackageJSON('.', pathToFileURL(program));
  if (file === undefined) return 'unknown';
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
