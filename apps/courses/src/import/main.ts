import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFault } from './fault.ts';
import { importContent } from './import-content.ts';
import { parseContent } from './parse-content.ts';

/**
 * `node src/import/main.ts [--check] [DIR]`: makes the imported courses those of the content folder. Prints every
 * fault as `path:line: message` and writes nothing while there is one; `--check` only checks.
 */
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = resolve(positionals[0] ?? join(import.meta.dirname, '../../../../content'));
const { courses, faults } = await parseContent(root);
for (const fault of faults) process.stdout.write(`${formatFault(fault)}\n`);
if (faults.length > 0) {
  process.stdout.write(`${faults.length} fault(s); nothing was written\n`);
  process.exitCode = 1;
} else if (values.check) {
  const lessons = courses.flatMap(({ chapters }) => chapters.flatMap((chapter) => chapter.lessons));
  process.stdout.write(`${courses.length} courses with ${lessons.length} lessons are in order\n`);
} else {
  process.exitCode = await importContent(courses, process.env, (line) => process.stdout.write(`${line}\n`));
}
