import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { completeOptions, type EdgeOptions } from './options.ts';
import { fillTemplates } from './template.ts';
import { templateValues } from './values.ts';

/** Texts by file name, relative to nginx's prefix folder. */
export type EdgeFiles = Readonly<Record<string, string>>;

const TEMPLATES = readTemplates(join(import.meta.dirname, '..', 'templates'));

/** The configuration as files; the same options always give the same texts. Throws an error that names every fault. */
export function renderEdge(options: EdgeOptions): EdgeFiles {
  return fillTemplates(TEMPLATES, templateValues(completeOptions(options)));
}

function readTemplates(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}
