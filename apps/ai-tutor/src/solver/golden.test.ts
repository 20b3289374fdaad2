import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf, taskOf } from '../questions/understand.ts';
import { Engine } from './engine.ts';
import { solve } from './solve.ts';
import { DECLINED, goldenProblems, notComputable } from './testing/golden-problems.ts';

const engine = new Engine();
const LIMIT_MS = 20_000;
const score = { right: 0, declined: 0, wrong: 0 };

for (const [kind, problems] of Object.entries(goldenProblems)) {
  test(`golden set: ${kind}`, async (t) => {
    for (const [question, expected] of problems) {
      await t.test(question.slice(0, 80), () => {
        const task = taskOf(question);
        assert.ok(task, 'the question is understood');
        score.wrong += 1;
        const outcome = solve(engine, task, languageOf(question), LIMIT_MS);
        if (expected === DECLINED) {
          assert.equal(outcome.status, 'declined');
          score.wrong -= 1;
          score.declined += 1;
          return;
        }
        assert.equal(outcome.status === 'solved' ? outcome.answer : outcome.reason, expected);
        assert.ok(outcome.status === 'solved' && outcome.steps.length > 0, 'it shows its steps');
        assert.equal(outcome.droppedSteps, 0, 'each of its lines passed its check');
        score.wrong -= 1;
        score.right += 1;
      });
    }
  });
}

test('golden set: no task is seen where there is none, or where the words are not understood', async (t) => {
  for (const question of notComputable) {
    await t.test(question.slice(0, 60) || '(empty)', () => assert.equal(taskOf(question), undefined));
  }
});

test('golden set: the figures of the README', (t) => {
  const count = Object.values(goldenProblems).flat().length;
  t.diagnostic(
    `${count} problems: ${JSON.stringify(score)}; ${notComputable.length} questions without a task`,
  );
  assert.ok(count >= 60);
  assert.equal(score.wrong, 0);
});
