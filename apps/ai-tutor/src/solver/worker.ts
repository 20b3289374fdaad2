import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import { solve } from './solve.ts';
import type { SolverJob, SolverReply } from './solver-messages.ts';
import { warmUpTasks } from './warm-up.ts';

// A worker thread with one engine: the first solve of an engine is slow, so it is done before the first question.
if (!parentPort) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;
const { softLimitMs } = workerData as { softLimitMs: number };
const engine = new Engine();
for (const task of warmUpTasks) solve(engine, task, 'en', 30_000);

port.on('message', ({ task, language }: SolverJob) => {
  port.postMessage({
    kind: 'outcome',
    outcome: solve(engine, task, language, softLimitMs),
  } satisfies SolverReply);
});
port.postMessage({ kind: 'ready' } satisfies SolverReply);
