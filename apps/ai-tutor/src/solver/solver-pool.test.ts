import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { SolverPool } from './solver-pool.ts';
import type { Task } from './task.ts';

const easy: Task = { kind: 'equation', variable: 'x', relation: ['Equal', ['Multiply', 2, 'x'], 4] };
/** The worker of the tests below takes this for a command to spin for ever. */
const endless: Task = { kind: 'prime-factors', numbers: ['hang'] };
const deadly: Task = { kind: 'prime-factors', numbers: ['die'] };

const workerFile = new URL('./testing/stubborn-worker.ts', import.meta.url);
const generous = { workers: 1, queueMax: 4, waitMaxMs: 30_000, timeLimitMs: 20_000, tasksPerWorker: 1_000 };

describe('the solver pool', () => {
  test('solves with the real engine in a worker', async (t) => {
    const pool = new SolverPool(generous);
    t.after(() => pool.close());
    const outcome = await pool.solve(easy, 'en');
    assert.equal(outcome.status === 'solved' && outcome.answer, 'x = 2');
  });

  test('kills a worker that hangs, and answers the next question', async (t) => {
    const lost: string[] = [];
    const pool = new SolverPool({
      ...generous,
      timeLimitMs: 300,
      workerFile,
      onWorkerLost: (reason) => lost.push(reason),
    });
    t.after(() => pool.close());
    const [hung, next] = await Promise.all([pool.solve(endless, 'en'), pool.solve(easy, 'en')]);
    assert.deepEqual(hung, { status: 'declined', reason: 'time-limit' });
    assert.equal(next.status, 'solved');
    assert.deepEqual(lost, ['time-limit']);
  });

  test('replaces a worker that dies, and answers the next question', async (t) => {
    const pool = new SolverPool({ ...generous, workerFile });
    t.after(() => pool.close());
    assert.deepEqual(await pool.solve(deadly, 'en'), { status: 'declined', reason: 'failed' });
    assert.equal((await pool.solve(easy, 'en')).status, 'solved');
  });

  test('declines as busy what does not fit into the queue, or waits in it for too long', async (t) => {
    const pool = new SolverPool({ ...generous, queueMax: 2, waitMaxMs: 200, timeLimitMs: 2_000, workerFile });
    t.after(() => pool.close());
    await waitFor(() => pool.isReady, { timeoutMs: 20_000, what: 'a worker' });
    const hung = pool.solve(endless, 'en');
    const waiting = [pool.solve(easy, 'en'), pool.solve(easy, 'en')];
    assert.deepEqual(await pool.solve(easy, 'en'), { status: 'declined', reason: 'busy' });
    for (const outcome of await Promise.all(waiting))
      assert.deepEqual(outcome, { status: 'declined', reason: 'busy' });
    assert.deepEqual(await hung, { status: 'declined', reason: 'time-limit' });
  });

  test('replaces workers that have done their share without losing a question', async (t) => {
    const pool = new SolverPool({ ...generous, queueMax: 50, tasksPerWorker: 3, workerFile });
    t.after(() => pool.close());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => pool.solve(easy, 'en')));
    assert.ok(outcomes.every(({ status }) => status === 'solved'));
  });

  describe('while the real engine works at something huge', () => {
    let pool: SolverPool;
    before(() => {
      pool = new SolverPool({ ...generous, timeLimitMs: 1_500 });
    });
    after(() => pool.close());

    test('the event loop stays free and the answer comes in time', async () => {
      await waitFor(() => pool.isReady, { timeoutMs: 30_000, what: 'a worker' });
      let ticks = 0;
      const ticking = setInterval(() => (ticks += 1), 20);
      const huge = Array.from({ length: 40 }, (_, index) => ['Sin', ['Multiply', index + 2, 'x']] as const);
      const start = performance.now();
      await pool.solve(
        { kind: 'integral', variable: 'x', expression: ['Power', ['Multiply', 'x', ...huge], 3] },
        'en',
      );
      clearInterval(ticking);
      assert.ok(performance.now() - start < 10_000);
      assert.ok(ticks > 0 || performance.now() - start < 100);
    });
  });
});
