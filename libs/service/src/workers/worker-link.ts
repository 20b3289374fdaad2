import type { Worker } from 'node:cluster';
import type { HealthReport } from '../health/health-checks.ts';

/** The questions that a primary asks its workers, and their answers. */
export interface WorkerAnswers {
  readonly ready: boolean;
  readonly health: HealthReport;
}

type Question = keyof WorkerAnswers;

interface Asked {
  readonly kind: 'ganitagya:ask';
  readonly id: number;
  readonly question: Question;
}

interface Answered {
  readonly kind: 'ganitagya:answer';
  readonly id: number;
  readonly answer: unknown;
}

const ANSWER_TIMEOUT_MS = 1_500;
let lastId = 0;

/** Asks a worker; undefined when it dies or does not answer in time (it may be frozen). */
export function ask<Q extends Question>(worker: Worker, question: Q): Promise<WorkerAnswers[Q] | undefined> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const settle = (answer: WorkerAnswers[Q] | undefined) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
      resolve(answer);
    };
    const onMessage = (message: unknown) => {
      if (isMessage<Answered>(message, 'ganitagya:answer') && message.id === id) {
        settle(message.answer as WorkerAnswers[Q]);
      }
    };
    const onExit = () => settle(undefined);
    const timer = setTimeout(onExit, ANSWER_TIMEOUT_MS);
    worker.on('message', onMessage).on('exit', onExit);
    // With a callback: without one, a worker that has just died would be an unheard 'error' of this process.
    const onSent = (error: Error | null) => {
      if (error !== null) onExit();
    };
    if (worker.isConnected()) worker.send({ kind: 'ganitagya:ask', id, question } satisfies Asked, onSent);
    else settle(undefined);
  });
}

/** In a worker: answers the primary's questions. */
export function answerPrimary(answers: {
  readonly [Q in Question]: () => WorkerAnswers[Q] | Promise<WorkerAnswers[Q]>;
}): void {
  process.on('message', (message: unknown) => {
    if (!isMessage<Asked>(message, 'ganitagya:ask')) return;
    void (async () => answers[message.question]())()
      .catch((error: unknown) => process.emitWarning(String(error)))
      .then((answer) => {
        if (!process.connected) return;
        // A primary that has just died is no fault of this process, which ends with it.
        const answered = { kind: 'ganitagya:answer', id: message.id, answer } satisfies Answered;
        process.send?.(answered, () => undefined);
      });
  });
}

function isMessage<Message extends { readonly kind: string }>(
  message: unknown,
  kind: Message['kind'],
): message is Message {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}
