import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { author } from './testing/builders.ts';
import { runScript } from './testing/run-script.ts';
import { startWorld, type TestWorld } from './testing/test-courses.ts';

let world: TestWorld;

before(async () => {
  world = await startWorld();
  const service = await world.open();
  for (let count = 0; count < 4; count += 1) {
    await author(world, service, { lessons: Array.from({ length: 5 }, () => ({})) });
  }
});
after(() => world.stop());

test('makes students at different places of one to three courses, the same ones for the same seed', async () => {
  const run = (...args: string[]) => runScript('generate.ts', args, { DATABASE_URL: world.url });
  const { code, output } = await run('--students', '2500', '--seed', '7');
  assert.equal(code, 0, output);
  assert.match(output, /^2000 of 2500 students: .*\n2500 of 2500 students: /u);

  const enrolled = await world.db
    .selectFrom('enrolment')
    .select(({ fn }) => ['user_id', fn.countAll<string>().as('courses')])
    .groupBy('user_id')
    .execute();
  assert.equal(enrolled.length, 2_500);
  const shares = [1, 2, 3].map(
    (courses) => enrolled.filter((row) => Number(row.courses) === courses).length / 2_500,
  );
  for (const share of shares) assert.ok(share > 0.2 && share < 0.5, `shares ${shares.join(', ')}`);

  const rows = await world.db.selectFrom('progress').select(['percent', 'completed_at']).execute();
  const done = rows.filter((row) => row.completed_at !== null);
  assert.ok(done.length > 1_000 && done.length < rows.length);
  assert.ok(done.every((row) => row.percent === 100));
  assert.ok(rows.every((row) => row.percent >= 10));

  const again = await run('--students', '2500', '--seed', '7');
  assert.match(again.output, /^2500 of 2500 students: 0 enrolments, 0 rows of progress$/mu);
});

test('refuses numbers that make no sense', async () => {
  for (const students of ['0', '-1', 'x', '1.5']) {
    assert.equal((await runScript('generate.ts', [`--students=${students}`])).code, 64, students);
  }
});
