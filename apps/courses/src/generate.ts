import { parseArgs } from 'node:util';
import { createDatabase } from '@ganitagya/database';
import { loadConfig } from '@ganitagya/service';
import { Type } from 'typebox';
import { generateEnrolments, generateProgress } from './generate/students.repository.ts';
import type { CoursesSchema } from './schema.ts';

const STUDENTS_MAX = 10_000_000;
const BATCH_SIZE = 2_000;

/**
 * `node src/generate.ts --students N [--seed S]`: enrolments and progress of N made-up students, for load tests.
 * The same seed gives the same students, so a second run adds nothing.
 */
const { values } = parseArgs({
  options: { students: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const students = Number(values.students);
const seed = Number(values.seed);
if (!(Number.isInteger(students) && students > 0 && students <= STUDENTS_MAX && Number.isSafeInteger(seed))) {
  process.stderr.write(`usage: node src/generate.ts --students 1..${STUDENTS_MAX} [--seed INTEGER]\n`);
  process.exit(64);
}
const config = loadConfig(
  Type.Object({ DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }) }),
  process.env,
);
await using db = createDatabase<CoursesSchema>({
  primary: config.DATABASE_URL,
  applicationName: 'courses generate',
  poolSizeMax: 1,
  statementTimeoutMs: 120_000,
});
let enrolments = 0;
let progress = 0;
for (let from = 1; from <= students; from += BATCH_SIZE) {
  const range = { seed, from, to: Math.min(from + BATCH_SIZE - 1, students) };
  enrolments += await generateEnrolments(db, range);
  progress += await generateProgress(db, range);
  process.stdout.write(
    `${range.to} of ${students} students: ${enrolments} enrolments, ${progress} rows of progress\n`,
  );
}
