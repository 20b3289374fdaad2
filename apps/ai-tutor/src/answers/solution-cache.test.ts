import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '@ganitagya/cache';
import { SolverPool } from '../solver/solver-pool.ts';
import type { Task } from '../solver/task.ts';
import { SolutionCache } from './solution-cache.ts';

const HOUR_MS = 3_600_000;
const task: Task = { kind: 'equation', variable: 'x', relation: ['Equal', ['Multiply', 2, 'x'], 4] };

test('a solution past its time is given while the solver cannot solve, and not for ever', async (t) => {
  let now = 0;
  const cache = createCache({ namespace: 'tutor', clock: () => now });
  const pool = new SolverPool({
    workers: 1,
    queueMax: 4,
    waitMaxMs: 30_000,
    timeLimitMs: 20_000,
    tasksPerWorker: 1_000,
  });
  t.after(() => Promise.all([pool.close(), cache.close()]));
  const solutions = new SolutionCache(cache, pool, 4 * HOUR_MS);
  const solved = await solutions.solve(task, 'en');
  assert.equal(solved.status, 'solved');

  await pool.close();
  now += 2 * HOUR_MS;
  assert.deepEqual(await solutions.solve(task, 'en'), solved);
  now += 4 * HOUR_MS;
  assert.deepEqual(await solutions.solve(task, 'en'), { status: 'declined', reason: 'busy' });
});
