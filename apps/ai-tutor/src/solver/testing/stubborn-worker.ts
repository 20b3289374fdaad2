import { parentPort } from 'node:worker_threads';
import type { SolverJob, SolverReply } from '../solver-messages.ts';

/** Speaks the protocol of the real worker and hangs or dies on command. */
parentPort?.on('message', ({ task }: SolverJob) => {
  const command = task.kind === 'prime-factors' ? task.numbers[0] : undefined;
  if (command === 'die') process.exit(1);
  while (command === 'hang');
  const reply: SolverReply = {
    kind: 'outcome',
    outcome: { status: 'solved', answer: 'x = 2', latex: 'x = 2', steps: [], droppedSteps: 0 },
  };
  parentPort?.postMessage(reply);
});
parentPort?.postMessage({ kind: 'ready' } satisfies SolverReply);
